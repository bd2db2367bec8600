using Microsoft.AspNetCore.Http;
using Tectra.Server.Hosting;
using Tectra.Server.Http;

namespace Tectra.Server.Endpoints;

/// <summary>For load balancers: whether the process lives, and whether it can do its work.</summary>
internal sealed class HealthEndpoints(Readiness readiness)
{
    private static readonly byte[] Ok = """{"status":"ok"}"""u8.ToArray();

    public static void Map(ApiRoutes routes, Readiness readiness)
    {
        var endpoints = new HealthEndpoints(readiness);
        routes.Map(new ApiEndpoint("GET", "/health", "health", "Whether the process lives.", Access.Anonymous)
        {
            Rate = RateClass.None,
            Answers = [new(StatusCodes.Status200OK, typeof(StatusDocument))],
        }, Live);
        routes.Map(new ApiEndpoint("GET", "/health/ready", "health", "Whether the server can do its work: its index is filled and the database answers.", Access.Anonymous)
        {
            Rate = RateClass.None,
            Answers = [new(StatusCodes.Status200OK, typeof(StatusDocument)), new(StatusCodes.Status503ServiceUnavailable, typeof(StatusDocument))],
        }, endpoints.ReadyAsync);
    }

    private static Task Live(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, Ok, JsonAnswer.JsonType);

    private async Task ReadyAsync(HttpContext context)
    {
        var status = await readiness.CheckAsync(context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(
            context, status == Readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, new StatusDocument(status), ServerJson.Default.StatusDocument).ConfigureAwait(false);
    }
}
