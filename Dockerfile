# One recipe for all services:      docker build --build-arg SERVICE=order --tag oms/order:1.0.0 .
# What makes the tables of all:     docker build --target migrate --tag oms/migrate:1.0.0 .

FROM node:24.19.0-alpine@sha256:d32cdf619f63fe0471182d08996dd516c6275bb5fd31ae06e55a570bd9e1ad43 AS base

# What npm reads and nothing else: a change of the code installs nothing anew.
FROM base AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name 'package*.json' ! -name .npmrc -delete

# What all images have in common: downloaded once, compiled once.
FROM base AS installed
WORKDIR /app
COPY --from=manifests /app .
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM installed AS build
COPY . .
RUN npm run build && rm -rf shared/src services/*/src

FROM installed AS shared-dependencies
WORKDIR /production
COPY --from=manifests /app .
RUN npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --omit=dev --workspace @oms/shared \
  && find . -name '*.map' -delete

FROM base AS migrate
WORKDIR /app
COPY --from=shared-dependencies /production/node_modules node_modules
COPY --from=build /app/scripts scripts
COPY --from=build /app/shared shared
COPY --from=build /app/services services
ENV NODE_ENV=production
USER 1000:1000
CMD ["node", "scripts/migrate.js", "--wait"]

FROM installed AS dependencies
ARG SERVICE
WORKDIR /production
COPY --from=manifests /app .
RUN npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --omit=dev --workspace "@oms/$SERVICE" \
  && find . -name '*.map' -delete

FROM base
ARG SERVICE
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /production/node_modules node_modules
COPY --from=build /app/shared shared
COPY --from=build /app/services/$SERVICE services/$SERVICE
WORKDIR /app/services/$SERVICE
# The service's own configuration knows its usual port; asked now, so that no check of its health has to.
RUN node --input-type=module --eval "import { readConfig } from './dist/config.js'; console.log(readConfig({}).PORT)" > usual-port
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
# Every few seconds in every container: a small program, and never by way of a proxy.
HEALTHCHECK --interval=5s --timeout=10s --retries=4 --start-period=60s CMD \
  read -r usual < usual-port; http_proxy= wget -q -O /dev/null "http://127.0.0.1:${PORT:-$usual}/readyz"
# Room for what requests under way need: with less of it, garbage is collected so often that it finds them still alive.
CMD ["node", "--max-semi-space-size=32", "dist/main.js"]
ARG VERSION=1.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="oms-$SERVICE" \
      org.opencontainers.image.description="The $SERVICE service of the order-management system" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
