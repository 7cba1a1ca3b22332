# Runs the sandbox: docker build -t opencx-sandbox . && docker run -p 127.0.0.1:4010:4010 opencx-sandbox
# A server for a team: docker build --target http -t opencx-sessions-mcp .
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-slim AS program
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist

# Keeps nothing on its own disk: give it a database, and the team file and keys as files.
FROM program AS http
ENV OPENCX_LOG_LEVEL=info OPENCX_STATE_DIR=/tmp/opencx OPENCX_TEAM=/etc/opencx/team.jsonc
# A number, so that Kubernetes can tell that it is not root.
USER 1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.cjs", "http", "--host", "0.0.0.0"]

FROM program AS sandbox
# The SQLite file is stored here, unless another database is set.
ENV OPENCX_STATE_DIR=/data OPENCX_LOG_LEVEL=info
RUN mkdir /data && chown node /data
VOLUME /data
USER node
EXPOSE 4010
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4010/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.cjs", "sandbox", "--host", "0.0.0.0"]
