# The Collector's own image has neither a shell nor a program that could ask for its health.
FROM otel/opentelemetry-collector-contrib:0.155.0 AS collector

FROM busybox:1.37.0
COPY --from=collector /otelcol-contrib /otelcol-contrib
COPY --from=collector /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN mkdir -p /var/lib/otelcol && chown 10001:10001 /var/lib/otelcol
USER 10001:10001
ENTRYPOINT ["/otelcol-contrib"]
