# The `kehutu` command, for a user of its own, with every package pinned by hash. Built and run by docker-compose.yml.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY requirements/ requirements/
RUN python -m venv /opt/kehutu \
    && /opt/kehutu/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt \
    && /opt/kehutu/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/data.txt
COPY pyproject.toml README.md LICENSE ./
COPY terms/ terms/
COPY graph/ graph/
COPY ledger/ ledger/
COPY ingest/ ingest/
COPY algorithms/ algorithms/
COPY services/ services/
COPY api/ api/
COPY cli/ cli/
COPY cypher/ cypher/
RUN /opt/kehutu/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin kehutu \
    && install -d -o kehutu -g kehutu -m 0700 /var/lib/kehutu
COPY --from=build /opt/kehutu /opt/kehutu
ENV PATH=/opt/kehutu/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    KEHUTU_HOME=/var/lib/kehutu \
    KEHUTU_CONTAINER=true
USER 10001:10001
WORKDIR /var/lib/kehutu
VOLUME /var/lib/kehutu
EXPOSE 8000
ENTRYPOINT ["kehutu"]
CMD ["serve"]
