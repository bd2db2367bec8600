using Npgsql;

namespace Tectra.Registry.Storage.Sql;

/// <summary>Connection strings of PostgreSQL, in either spelling.</summary>
internal static class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres", "postgresql"];

    /// <summary>Whether a text names a PostgreSQL database rather than a file.</summary>
    public static bool IsPostgres(string text) =>
        Schemes.Any(scheme => text.StartsWith($"{scheme}://", StringComparison.OrdinalIgnoreCase)) || text.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Which database it is, for people, without the password that an address may hold.</summary>
    public static string Describe(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && Schemes.Contains(address.Scheme) ? $"PostgreSQL at {address.Authority}{address.AbsolutePath}" : "PostgreSQL";

    /// <summary>Npgsql's connection string.</summary>
    /// <exception cref="FormatException">The text is neither a connection string nor an address.</exception>
    public static string ToConnectionString(string text)
    {
        try
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || !Schemes.Contains(address.Scheme)) return new NpgsqlConnectionStringBuilder(text).ToString();
            var user = address.UserInfo.Split(':', 2);
            var builder = new NpgsqlConnectionStringBuilder
            {
                Host = address.Host,
                Port = address.Port > 0 ? address.Port : NpgsqlConnection.DefaultPort,
                Database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/')),
            };
            if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
            if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
            foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = pair.Split('=', 2);
                builder[Uri.UnescapeDataString(parts[0])] = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
            }
            return builder.ToString();
        }
        catch (ArgumentException e)
        {
            // Npgsql's message may quote a value; this one never shows a password.
            throw new FormatException("The database's connection string is malformed. Use postgres://USER:PASSWORD@HOST:PORT/DATABASE.", e);
        }
    }
}
