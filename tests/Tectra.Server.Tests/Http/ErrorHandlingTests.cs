using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tectra.Sdk;
using Tectra.Server.Http;

namespace Tectra.Server.Tests.Http;

internal sealed class ErrorHandlingTests
{
    private static readonly Dictionary<string, int> Statuses = new()
    {
        [ErrorCodes.RequestMalformed] = 400,
        [ErrorCodes.AuthenticationRequired] = 401,
        [ErrorCodes.CredentialsInvalid] = 401,
        [ErrorCodes.ScopeMissing] = 403,
        [ErrorCodes.NotFound] = 404,
        [ErrorCodes.RecordUnknown] = 404,
        [ErrorCodes.MethodNotAllowed] = 405,
        [ErrorCodes.RecordConflict] = 409,
        [ErrorCodes.EmailTaken] = 409,
        [ErrorCodes.RequestTooLarge] = 413,
        [ErrorCodes.MediaTypeUnsupported] = 415,
        [ErrorCodes.RateLimited] = 429,
        [ErrorCodes.InternalError] = 500,
        [ErrorCodes.RegistryUnavailable] = 503,
        [ErrorCodes.LedgerDamaged] = 503,
    };

    [Test]
    public void Every_code_has_a_status_and_what_is_not_listed_is_refused_content()
    {
        foreach (var code in typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!))
            Assert.That(Problems.StatusOf(code), Is.EqualTo(Statuses.TryGetValue(code, out var status) ? status : 422), code);
    }

    [Test]
    public async Task A_fault_is_logged_and_answered_without_its_details()
    {
        var (status, text, log) = await RunAsync(_ => throw new InvalidOperationException("the table account has a column password_hash"));
        Assert.That(status, Is.EqualTo(500));
        Assert.That(text, Does.Contain("\"code\":\"internal_error\"").And.Not.Contain("password_hash").And.Not.Contain("InvalidOperation"));
        Assert.That(log.Lines.Single(), Does.StartWith("Error").And.Contain("password_hash"));
    }

    [Test]
    public async Task A_registry_that_cannot_work_is_logged_and_answered_without_its_address()
    {
        var (status, text, log) = await RunAsync(_ => throw new RegistryException(ErrorCodes.RegistryUnavailable, "The database /var/lib/tectra/registry.db is locked"));
        Assert.That(status, Is.EqualTo(503));
        Assert.That(text, Does.Contain("registry_unavailable").And.Not.Contain("/var/lib"));
        Assert.That(log.Lines.Single(), Does.Contain("/var/lib"));
    }

    [Test]
    public async Task A_refusal_is_answered_with_its_reason_and_not_logged()
    {
        var (status, text, log) = await RunAsync(_ => throw new RegistryException(ErrorCodes.ParentUnknown, "The parent is unknown."));
        Assert.That(status, Is.EqualTo(422));
        Assert.That(text, Does.Contain("parent_unknown").And.Contain("The parent is unknown."));
        Assert.That(log.Lines, Is.Empty);
    }

    [Test]
    public async Task Nobody_is_answered_who_has_gone()
    {
        var (_, text, log) = await RunAsync(context =>
        {
            context.RequestAborted = new CancellationToken(canceled: true);
            throw new OperationCanceledException();
        });
        Assert.That(text, Is.Empty);
        Assert.That(log.Lines, Is.Empty);
    }

    [Test]
    public async Task An_answer_that_has_a_body_is_left_alone()
    {
        var (status, text, _) = await RunAsync(async context =>
        {
            context.Response.StatusCode = 404;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync("mine");
        });
        Assert.That((status, text), Is.EqualTo((404, "mine")));
    }

    private static async Task<(int Status, string Text, LogLines Log)> RunAsync(RequestDelegate next)
    {
        var log = new LogLines();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Response.Body = body;
        await new ErrorHandling(TimeProvider.System, loggers.CreateLogger<ErrorHandling>()).InvokeAsync(context, next);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()), log);
    }
}
