FROM golang:1.26 AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ARG VERSION=
RUN make build VERSION="$VERSION"

# The binary carries everything; it needs only the roots of trust to reach Twilio.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/bin/server /server
USER 65532
ENV ADDR=:8080 OPERATOR_ADDR=:9090
EXPOSE 8080 9090
ENTRYPOINT ["/server"]
