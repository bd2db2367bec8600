# The server (and the command) for Linux. See compose.yaml.
ARG BASE=ubuntu:26.04

FROM ${BASE} AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates dotnet-sdk-10.0
WORKDIR /source
COPY . .
RUN dotnet publish src/Tectra.Cli -c Release -o /app

FROM ${BASE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates aspnetcore-runtime-10.0 libsodium23 libsqlite3-0 '?name(^libsecp256k1-[0-9]+$)' \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 tectra
COPY --from=build /app /app
USER tectra
EXPOSE 8700
ENTRYPOINT ["dotnet", "/app/tectra.dll"]
CMD ["serve", "--urls", "http://0.0.0.0:8700"]
