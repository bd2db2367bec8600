using System.CommandLine;
using System.Globalization;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Imaging;

namespace Tectra.Cli.Commands;

/// <summary>What several commands share: their options, and how they go through files.</summary>
internal static class CommandParts
{
    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON, one object a line, in the order of the arguments." };

    public static Argument<string[]> FilesArgument(string description)
    {
        var argument = new Argument<string[]>("FILE") { Description = description, Arity = ArgumentArity.OneOrMore };
        argument.Validators.Add(result =>
        {
            // An unknown option would otherwise be taken for a file of that name.
            foreach (var token in result.Tokens)
            {
                if (token.Value.StartsWith("--", StringComparison.Ordinal) && !File.Exists(token.Value)) result.AddError($"There is no option '{token.Value}'.");
            }
        });
        return argument;
    }

    /// <summary>Gives a command its action, which gets its output and whose known errors become exit code 2.</summary>
    public static Command WithAction(this Command command, Option<bool> json, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> action)
    {
        command.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = new CommandOutput(parsed.GetValue(json), Console.Out, Console.Error);
            try
            {
                return await action(parsed, output, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Cancelled;
            }
            catch (Exception e) when (CommandOutput.ErrorOf(e) is { } error)
            {
                output.Failure(command.Name, error);
                return ExitCode.Failure;
            }
        });
        return command;
    }

    /// <summary>Runs an action over files in order. A file that fails is reported in its place and doesn't stop the rest.</summary>
    public static async Task<int> ForEachAsync(
        IEnumerable<string> files, CommandOutput output, Func<string, Task<int>> action, CancellationToken cancellationToken)
    {
        var exit = ExitCode.Success;
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                exit = ExitCode.Worse(exit, await action(file).ConfigureAwait(false));
            }
            catch (Exception e) when (e is not OperationCanceledException && CommandOutput.ErrorOf(e) is { } error)
            {
                output.Failure(file, error);
                exit = ExitCode.Failure;
            }
        }
        return exit;
    }

    /// <summary>Reads a file after checking its length.</summary>
    /// <exception cref="InvalidContentException">It is over the limit (<c>file_too_large</c>).</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var length = new FileInfo(path).Length;
        if (length > ImagingOptions.DefaultMaxFileBytes)
        {
            throw new InvalidContentException(
                ErrorCodes.FileTooLarge, string.Create(CultureInfo.InvariantCulture, $"The file has {length} bytes; the limit is {ImagingOptions.DefaultMaxFileBytes}."));
        }
        return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The format that an output path's extension asks for; null without an extension.</summary>
    /// <exception cref="ArgumentException">The extension is of no format that is written.</exception>
    public static ImageFormat? FormatOf(string path)
    {
        var extension = Path.GetExtension(path);
        if (extension.Length == 0) return null;
        return ImageFormats.TryFromExtension(extension, out var format)
            ? format
            : throw new ArgumentException($"'{extension}' is no format that is written: use .jpg, .png or .webp for the output.");
    }
}
