# Runspan as it stands in this checkout; built from its top folder.
FROM node:22.21.1-bookworm-slim AS build
WORKDIR /runspan
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && node .ci/prepare.mjs \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22.21.1-bookworm-slim
WORKDIR /runspan
COPY --from=build /runspan/package.json ./
COPY --from=build /runspan/node_modules ./node_modules
COPY --from=build /runspan/packages ./packages
RUN mkdir /data && chown node:node /data
USER node
ENTRYPOINT ["node", "packages/cli/bin/runspan.js"]
CMD ["serve"]
