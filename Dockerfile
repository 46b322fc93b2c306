# To pin an image by content, write its digest behind the tag: node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
# sqlite3 is compiled here: what its install script would download instead is in no lockfile.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
# Node's own headers lie in the image, so the compiler needs nothing from the network.
ENV npm_config_build_from_source=true npm_config_nodedir=/usr/local
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY commands commands
RUN npm run build && npm prune --omit=dev

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
  STORAGE_URL=sqlite:///data/usherr.sqlite \
  HEALTH_PORT=8377
WORKDIR /app
# Where a database server keeps the rows, the key and the file of deletions lie in `data` below the working folder.
RUN mkdir /data && chown node:node /data && chmod 700 /data && ln -s /data data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
VOLUME /data
# Alive is enough here: a restart does not mend Discord or plex.tv. `/readyz` says whether the bot is of use.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The same flags as `npm start`, without npm in between: SIGTERM reaches the bot itself.
ENTRYPOINT ["node", "--max-semi-space-size=1", "dist/src/main.js"]
