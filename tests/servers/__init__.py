"""Real servers on loopback that stand in for the services the program talks to."""
