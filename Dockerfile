# The portal as an image: docs/operation.md says how it is run. Nothing is built at run time.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /opt/wir
COPY requirements/base.txt requirements/ops.txt requirements/
RUN python -m venv .venv \
 && .venv/bin/pip install --require-hashes --only-binary :all: -r requirements/base.txt \
 && .venv/bin/pip install --require-hashes --only-binary :all: -r requirements/ops.txt
COPY . .
RUN WIR_MODE=demo VAR_DIR=/tmp/var .venv/bin/python manage.py compile_catalogues \
 && .venv/bin/python -m compileall -q -j 0 /opt/wir \
 && .venv/bin/pip uninstall -q -y pip setuptools \
 && rm -rf /tmp/var

FROM python:3.11-slim-bookworm
# Fonts of PDF files; pg_dump and pg_restore for backups, of the same version as the database.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends fonts-noto-core fonts-dejavu-core postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && pip uninstall -q -y pip setuptools wheel \
 && rm -r /usr/local/lib/python3*/ensurepip \
 && groupadd --gid 10001 wir \
 && useradd --uid 10001 --gid wir --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin wir \
 && install -d -o wir -g wir -m 0750 /var/lib/wir /var/backups/wir
COPY --from=build /opt/wir /opt/wir
WORKDIR /opt/wir
ENV PATH=/opt/wir/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/wir BIND=0.0.0.0 PORT=8000
USER wir
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "serve", "--web"]
