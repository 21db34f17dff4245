"""The first schema: every table of the register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "beats",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_beats"),
    )
    op.create_table(
        "absences",
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("began_at", name="pk_absences"),
    )
    op.create_index("ix_absences_ended_at", "absences", ["ended_at"], unique=False)

    op.create_table(
        "boards",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_boards"),
        sa.UniqueConstraint("folded", name="uq_boards_folded"),
    )
    op.create_table(
        "inbox",
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_inbox"),
    )
    op.create_index("ix_inbox_at", "inbox", ["at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("post", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint(
            "log",
            "sequence",
            "notice",
            "person",
            "about",
            "platform",
            "channel",
            name="uq_outbox_log_sequence_notice_person_about_platform_channel",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_dead",
        "outbox",
        ["board"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["conversation", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_outbox_settled",
        "outbox",
        ["settled_at"],
        unique=False,
        sqlite_where=sa.text("state = 'sent'"),
        postgresql_where=sa.text("state = 'sent'"),
    )

    op.create_table(
        "people",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("prefers", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("code", name="uq_people_code"),
        sa.UniqueConstraint("folded", name="uq_people_folded"),
    )
    op.create_table(
        "accounts",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_accounts_person"),
        sa.PrimaryKeyConstraint("platform", "account", name="pk_accounts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_accounts_person", "accounts", ["person"], unique=False)

    op.create_table(
        "board_people",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.id"], name="fk_board_people_board"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_board_people_person"),
        sa.PrimaryKeyConstraint("board", "person", name="pk_board_people"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_board_people_person", "board_people", ["person"], unique=False)

    op.create_table(
        "channels",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.id"], name="fk_channels_board"),
        sa.PrimaryKeyConstraint("platform", "channel", name="pk_channels"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_channels_board", "channels", ["board"], unique=False)

    op.create_table(
        "dossiers",
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.id"], name="fk_dossiers_board"),
        sa.PrimaryKeyConstraint("log", name="pk_dossiers"),
    )
    op.create_index("ix_dossiers_board", "dossiers", ["board"], unique=False)

    op.create_table(
        "mandates",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.id"], name="fk_mandates_board"),
        sa.PrimaryKeyConstraint("board", "id", name="pk_mandates"),
    )
    op.create_index("ix_mandates_board_organisation", "mandates", ["board", "organisation"], unique=False)
    op.create_index("ix_mandates_board_person", "mandates", ["board", "person"], unique=False)

    op.create_table(
        "entries",
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["dossiers.log"], name="fk_entries_log"),
        sa.PrimaryKeyConstraint("log", "sequence", name="pk_entries"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "items",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("dossier", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("visible", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("meeting", sa.Date(), nullable=True),
        sa.Column("document_hash", sa.String(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.id"], name="fk_items_board"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.log"], name="fk_items_dossier"),
        sa.PrimaryKeyConstraint("number", name="pk_items"),
        sa.UniqueConstraint("prefix", "year", "sequence", name="uq_items_prefix_year_sequence"),
    )
    op.create_index("ix_items_board_sequence_year", "items", ["board", "sequence", "year"], unique=False)
    op.create_index("ix_items_dossier", "items", ["dossier"], unique=False)
    op.create_index(
        "ix_items_unfinished",
        "items",
        ["board"],
        unique=False,
        sqlite_where=sa.text("state IN ('draft', 'open', 'closed', 'adjourned')"),
        postgresql_where=sa.text("state IN ('draft', 'open', 'closed', 'adjourned')"),
    )

    op.create_table(
        "texts",
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["dossiers.log"], name="fk_texts_log"),
        sa.PrimaryKeyConstraint("log", "hash", name="pk_texts"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cards",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("burst_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rendered", sa.String(), nullable=False),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.number"], name="fk_cards_item"),
        sa.PrimaryKeyConstraint("item", "platform", "channel", name="pk_cards"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_cards_dead",
        "cards",
        ["board"],
        unique=False,
        sqlite_where=sa.text("dead"),
        postgresql_where=sa.text("dead"),
    )
    op.create_index(
        "ix_cards_frozen",
        "cards",
        ["post"],
        unique=False,
        sqlite_where=sa.text("frozen"),
        postgresql_where=sa.text("frozen"),
    )
    op.create_index(
        "ix_cards_due",
        "cards",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("wanted > shown"),
        postgresql_where=sa.text("wanted > shown"),
    )

    op.create_table(
        "decisions",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("conclusion_hash", sa.String(), nullable=False),
        sa.Column("deviation_hash", sa.String(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=False),
        sa.Column("reason_hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.number"], name="fk_decisions_item"),
        sa.PrimaryKeyConstraint("item", "number", name="pk_decisions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rounds",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("urgent_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("down_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("down_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.number"], name="fk_rounds_item"),
        sa.PrimaryKeyConstraint("item", "number", name="pk_rounds"),
    )
    op.create_index(
        "ix_rounds_asked",
        "rounds",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND asked_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND asked_at IS NOT NULL"),
    )
    op.create_index(
        "ix_rounds_due",
        "rounds",
        ["closes_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND asked_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND asked_at IS NULL"),
    )
    op.create_index(
        "ix_rounds_reminders",
        "rounds",
        ["remind_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND remind_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND remind_at IS NOT NULL"),
    )

    op.create_table(
        "versions",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("note_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("substantive", sa.Boolean(), nullable=False),
        sa.Column("contest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.number"], name="fk_versions_item"),
        sa.PrimaryKeyConstraint("item", "label", name="pk_versions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comments",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("points", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item", "round"], ["rounds.item", "rounds.number"], name="fk_comments_item_round"),
        sa.PrimaryKeyConstraint("item", "round", "sequence", name="pk_comments"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "current_positions",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item", "round"], ["rounds.item", "rounds.number"], name="fk_current_positions_item_round"
        ),
        sa.PrimaryKeyConstraint("item", "round", "organisation", name="pk_current_positions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "positions",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("stance", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("points", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reservation", sa.String(), nullable=False),
        sa.Column("suspensive", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ballot", sa.String(), nullable=False),
        sa.Column("filing", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answer_hash", sa.String(), nullable=False),
        sa.Column("mandate", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item", "round"], ["rounds.item", "rounds.number"], name="fk_positions_item_round"),
        sa.PrimaryKeyConstraint("item", "round", "sequence", name="pk_positions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seats",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.Column("seat_column", sa.String(), nullable=False),
        sa.Column("weight", sa.String(), nullable=False),
        sa.Column("voting", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item", "round"], ["rounds.item", "rounds.number"], name="fk_seats_item_round"),
        sa.PrimaryKeyConstraint("item", "round", "organisation", name="pk_seats"),
        sqlite_with_rowid=False,
    )
