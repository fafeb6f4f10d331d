"""A migration as a team writes it with its ORM, in batches: `apply.py URL`."""

import sys

from sqlalchemy import create_engine, make_url, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

BATCH = 1_000


class Base(DeclarativeBase):
    pass


class Settings(Base):
    __tablename__ = "settings"

    id: Mapped[str] = mapped_column(primary_key=True)
    doc: Mapped[dict] = mapped_column(JSONB)
    version: Mapped[int]


def main() -> None:
    engine = create_engine(make_url(sys.argv[1]).set(drivername="postgresql+psycopg"))
    last = ""
    with Session(engine) as session:
        while True:
            at_version_1 = select(Settings).where(Settings.version == 1, Settings.id > last)
            rows = session.scalars(at_version_1.order_by(Settings.id).limit(BATCH)).all()
            if not rows:
                return
            last = rows[-1].id
            for row in rows:
                doc = dict(row.doc)
                doc["timeout_ms"] = doc.pop("timeout_s") * 1000
                row.doc = doc
                row.version = 2
            session.commit()


if __name__ == "__main__":
    main()
