using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tectra.Sdk;
using Tectra.Server.Hosting;

namespace Tectra.Server.Http;

/// <summary>The outermost step of the pipeline: measures every request, and turns whatever goes wrong into a problem. Thread-safe.</summary>
internal sealed partial class ErrorHandling(TimeProvider time, ILogger<ErrorHandling> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var began = ServerTelemetry.RequestDuration.Enabled ? time.GetTimestamp() : 0;
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest, ContentType: null } response)
                await Problems.WriteAsync(context, response.StatusCode).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // Nobody is there any more to be answered.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e).ConfigureAwait(false);
        }
        ServerTelemetry.CountRequest(context, began == 0 ? null : time.GetElapsedTime(began));
    }

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        var path = (context.GetEndpoint()?.Metadata.GetMetadata<ApiEndpoint>())?.Path;
        switch (exception)
        {
            case BadHttpRequestException bad:
                return Problems.WriteAsync(context, bad.StatusCode);
            case TectraException known:
                if (Problems.StatusOf(known.Code) >= StatusCodes.Status500InternalServerError) LogUnavailable(path, known.Code, known.Message, known.InnerException?.Message);
                return Problems.WriteAsync(context, known.Code, Problems.StatusOf(known.Code) >= StatusCodes.Status500InternalServerError ? "The registry can't do its work at the moment. Try again later; its log says more." : known.Message);
            default:
                LogFailed(exception, path);
                return Problems.WriteAsync(context, StatusCodes.Status500InternalServerError);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A request to {Path} failed")]
    private partial void LogFailed(Exception exception, string? path);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "A request to {Path} could not be answered ({Code}): {Reason} {Cause}")]
    private partial void LogUnavailable(string? path, string code, string reason, string? cause);
}
