"""How the register is kept."""
