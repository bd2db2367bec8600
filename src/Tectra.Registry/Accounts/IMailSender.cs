using Microsoft.Extensions.Logging;

namespace Tectra.Registry.Accounts;

/// <summary>A mail in plain text.</summary>
internal sealed record Mail(string To, string Subject, string Text)
{
    /// <summary>The subject only: the text may hold a secret.</summary>
    public override string ToString() => $"Mail {Subject}";
}

/// <summary>The port to whatever delivers mail. Implementations are thread-safe.</summary>
internal interface IMailSender
{
    /// <summary>Hands a mail over.</summary>
    ValueTask SendAsync(Mail mail, CancellationToken cancellationToken);
}

/// <summary>Writes mails to the log: for a server without mail, whose operator passes them on.</summary>
internal sealed partial class LogMailSender(ILogger<LogMailSender> logger) : IMailSender
{
    public ValueTask SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        LogMail(mail.To, mail.Subject, mail.Text);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "No mail server is set up. To {To}: {Subject}\n{Text}")]
    private partial void LogMail(string to, string subject, string text);
}
