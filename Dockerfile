# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements/run.lock requirements/
RUN python -m venv /opt/giving && /opt/giving/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY . .
RUN /opt/giving/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/giving giving
COPY --from=build /opt/giving /opt/giving
ENV PATH=/opt/giving/bin:$PATH PYTHONUNBUFFERED=1 GIVING_DATA_DIR=/var/lib/giving
USER giving
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["giving-gateway"]
CMD ["serve"]
