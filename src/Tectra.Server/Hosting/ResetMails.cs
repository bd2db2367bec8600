using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tectra.Registry.Accounts;

namespace Tectra.Server.Hosting;

/// <summary>
/// Sends mails for forgotten passwords apart from the requests for them, so that neither the answer nor its time tells
/// whether an address has an account. Thread-safe.
/// </summary>
internal sealed partial class ResetMails(AccountService accounts, ILogger<ResetMails> logger) : BackgroundService
{
    private const int MaxWaiting = 1_000;

    private readonly Channel<string> _addresses = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Notes an address. When too many wait it is dropped; its owner may ask again.</summary>
    public void Request(string email) => _addresses.Writer.TryWrite(email);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var email in _addresses.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await accounts.SendResetMailAsync(email, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A mail for a password reset could not be sent")]
    private partial void LogFailed(Exception exception);
}
