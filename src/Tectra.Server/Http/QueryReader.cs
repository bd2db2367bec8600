using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tectra.Registry.Accounts;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Server.Http;

/// <summary>Reads a request's query, strictly: a parameter that is unknown, empty, repeated or malformed is refused, not passed over.</summary>
internal readonly struct QueryReader
{
    private readonly IQueryCollection _query;

    /// <exception cref="RegistryException">There is another parameter than the endpoint's, or one twice (<c>request_malformed</c>).</exception>
    public QueryReader(HttpContext context, ApiEndpoint endpoint)
    {
        _query = context.Request.Query;
        foreach (var (name, values) in _query)
        {
            if (!endpoint.Parameters.Any(parameter => !parameter.IsHeader && parameter.Name == name))
                throw JsonBody.Malformed($"There is a query parameter that isn't read here. There are: {string.Join(", ", endpoint.Parameters.Where(parameter => !parameter.IsHeader).Select(parameter => parameter.Name))}.");
            if (values.Count != 1 || string.IsNullOrEmpty(values[0])) throw JsonBody.Malformed($"The parameter {name} is given once, with a value, or not at all.");
        }
    }

    public string? Text(string name) => _query.TryGetValue(name, out var values) ? values[0] : null;

    /// <exception cref="RegistryException">It has a control character or a line break (<c>request_malformed</c>).</exception>
    public string? PrintableText(string name) => Text(name) is not { } text || AccountTexts.IsPrintable(text) ? Text(name) : throw JsonBody.Malformed($"The parameter {name} has only printable characters.");

    /// <exception cref="RegistryException">It isn't a whole number in the range (<c>request_malformed</c>).</exception>
    public int? Number(string name, int min, int max)
    {
        if (Text(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw JsonBody.Malformed($"The parameter {name} is a whole number from {min} to {max}.");
    }

    /// <summary>A moment in milliseconds since 1970, rounded up.</summary>
    /// <exception cref="RegistryException">It isn't RFC 3339 in UTC (<c>request_malformed</c>).</exception>
    public long? Milliseconds(string name)
    {
        if (Text(name) is not { } text) return null;
        if (!UtcTimestamp.TryParse(text, out var timestamp)) throw JsonBody.Malformed($"The parameter {name} is a time such as 2026-01-31T23:59:59.123Z.");
        var ticks = timestamp.Moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        return (ticks / TimeSpan.TicksPerMillisecond) + (ticks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0);
    }

    /// <summary>A value of the domain.</summary>
    /// <exception cref="RegistryException">It is malformed (<c>request_malformed</c>).</exception>
    public T? Parse<T>(string name, Func<string, T> parse)
        where T : struct =>
        Text(name) is { } text ? JsonBody.Convert(text, parse) : null;
}
