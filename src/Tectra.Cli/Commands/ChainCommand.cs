using System.CommandLine;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra chain</c>.</summary>
internal static class ChainCommand
{
    public static Command Create() => new("chain", "Set up and watch the public chain that a server anchors its batches on: the account that pays, the contract, its registrars.")
    {
        ChainKeyCommand.Create(), ChainDeployCommand.Create(), ChainRegistrarCommand.Create(), ChainStatusCommand.Create(),
    };
}
