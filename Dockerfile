# Two stages: the first installs what the lock names into /opt/samenspraak, the second takes only that.
# Pin the base by digest (FROM python:3.13-slim-trixie@sha256:…) where you build for production.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/samenspraak
COPY requirements.lock ./
RUN /opt/samenspraak/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY commands ./commands
COPY storage ./storage
RUN /opt/samenspraak/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim-trixie
# A named user, since the log records who runs the program. Nothing but /data is written: start it with --read-only.
RUN groupadd --gid 10001 samenspraak \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin samenspraak \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/samenspraak /opt/samenspraak
ENV PATH=/opt/samenspraak/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SAMENSPRAAK_BOT__HEALTH_PORT=8080 \
    SAMENSPRAAK_STORAGE__URL=sqlite:////data/samenspraak.db
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"SAMENSPRAAK_BOT__HEALTH_PORT\"]}/live', timeout=4)"]
ENTRYPOINT ["samenspraak"]
CMD ["run"]
