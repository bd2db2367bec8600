using Microsoft.AspNetCore.Http;
using Tectra.Registry.Accounts;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Server.Hosting;
using Tectra.Server.Http;
using Tectra.Server.Security;

namespace Tectra.Server.Endpoints;

/// <summary>Accounts, logins and forgotten passwords.</summary>
internal sealed class AuthEndpoints(AccountService accounts, TokenService tokens, ResetMails mails, RateLimits limits)
{
    private const string Tag = "accounts";

    public static void Map(ApiRoutes routes, AccountService accounts, TokenService tokens, ResetMails mails, RateLimits limits)
    {
        var endpoints = new AuthEndpoints(accounts, tokens, mails, limits);
        routes.Map(Public("/api/v1/auth/register", "Make an account.", typeof(NewAccountDocument)) with
        {
            Answers = [new(StatusCodes.Status201Created, typeof(Account))],
            Problems = [StatusCodes.Status409Conflict],
        }, endpoints.RegisterAsync);
        routes.Map(Public("/api/v1/auth/login", "Log in: the answer holds a token for fifteen minutes.", typeof(LoginDocument)) with
        {
            Answers = [new(StatusCodes.Status200OK, typeof(TokenDocument))],
            Problems = [StatusCodes.Status401Unauthorized],
        }, endpoints.LoginAsync);
        routes.Map(Public("/api/v1/auth/forgot-password", "Ask for a mail with a reset token. The answer is the same whether or not there is such an account.", typeof(ForgotPasswordDocument)) with
        {
            Answers = [new(StatusCodes.Status202Accepted, typeof(AcceptedDocument))],
        }, endpoints.ForgotAsync);
        routes.Map(Public("/api/v1/auth/reset-password", "Set a new password with the token of the mail. It ends all logins of the account.", typeof(ResetPasswordDocument)) with
        {
            Answers = [new(StatusCodes.Status204NoContent, null)],
            Problems = [StatusCodes.Status422UnprocessableEntity],
        }, endpoints.ResetAsync);
        routes.Map(new ApiEndpoint("GET", "/api/v1/auth/me", Tag, "The account that asks.", Access.Account) { Answers = [new(StatusCodes.Status200OK, typeof(Account))] }, Me);
    }

    private static ApiEndpoint Public(string path, string summary, Type request) => new("POST", path, Tag, summary, Access.Anonymous) { Rate = RateClass.Authentication, Request = request };

    private static Account ToDocument(StoredAccount account) => new(account.UserId, account.Email, account.OrgName, account.OrgType, account.CreatedAt);

    private static Task Me(HttpContext context) => JsonAnswer.WriteAsync(context, ToDocument(Authentication.GetCaller(context).Account), Wire.Json.Account);

    private async Task RegisterAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.NewAccountDocument).ConfigureAwait(false);
        var account = await accounts.RegisterAsync(document.Email, document.Password, document.OrgName, document.OrgType, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, ToDocument(account), Wire.Json.Account).ConfigureAwait(false);
    }

    private async Task LoginAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.LoginDocument).ConfigureAwait(false);
        Count(context, document.Email);
        var account = await accounts.AuthenticateAsync(document.Email, document.Password, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(
            context, new TokenDocument(tokens.Issue(account), "Bearer", (int)TokenService.Lifetime.TotalSeconds, account.UserId), Wire.Json.TokenDocument).ConfigureAwait(false);
    }

    private async Task ForgotAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.ForgotPasswordDocument).ConfigureAwait(false);
        Count(context, document.Email);
        mails.Request(document.Email);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, new AcceptedDocument(), ServerJson.Default.AcceptedDocument).ConfigureAwait(false);
    }

    private async Task ResetAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.ResetPasswordDocument).ConfigureAwait(false);
        await accounts.ResetPasswordAsync(document.Token, document.NewPassword, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>An address that can't be one is nobody's, and isn't counted.</summary>
    private void Count(HttpContext context, string email)
    {
        if (AccountTexts.TryNormaliseEmail(email) is { } address) limits.CountAccountAttempt(context, address);
    }
}
