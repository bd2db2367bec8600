using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Output;

/// <summary>Shows verification reports to people.</summary>
internal static class ReportView
{
    /// <summary>One report in full.</summary>
    public static void Write(IAnsiConsole console, string file, VerificationReport report)
    {
        console.MarkupLine($"[bold]{CommandOutput.Escape(file)}[/]  {Verdict(report)}  [dim]confidence {report.Confidence:0%}[/]");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("check", "", "details");
        AddRow(table, "watermark", report.Watermark);
        AddRow(table, "sha256", report.Sha256);
        AddRow(table, "perceptual hash", report.PerceptualHash);
        AddRow(table, "blockchain", report.Blockchain);
        console.Write(table);
        VideoView.Write(console, report);
        if (report.Certificate is { } certificate)
        {
            var origin = OriginType.TryParse(certificate.OriginCode, out var known) ? known.Label : certificate.OriginCode;
            var signer = certificate.Signer.OrganisationName ?? certificate.Signer.UserId;
            console.MarkupLine($"  signed {certificate.Timestamp} by [bold]{CommandOutput.Escape(signer)}[/], key {certificate.PublicKey.KeyId}; {CommandOutput.Escape(origin)}{(certificate.DeviceId is { } device ? $", {CommandOutput.Escape(device)}" : "")}");
            console.MarkupLine($"  record {certificate.RecordId}{(certificate.ParentRecordId is { } parent ? $", which follows record {parent}" : "")}");
        }
        if (report.Anchor?.Url is { } url) console.MarkupLine($"  transaction {CommandOutput.Escape(url.AbsoluteUri)}");
        WriteChain(console, report);
        console.MarkupLine($"  content: {CommandOutput.Escape(Content(report))}");
        foreach (var finding in report.Findings.Where(finding => finding.Result.Outcome != CheckOutcome.Passed))
            console.MarkupLine($"  [dim]{CommandOutput.Escape(finding.Subject)}: {CommandOutput.Escape(finding.Result.Details)}[/]");
        console.WriteLine();
    }

    /// <summary>The chain of custody, the record itself first.</summary>
    private static void WriteChain(IAnsiConsole console, VerificationReport report)
    {
        if (report.Chain.IsEmpty) return;
        console.MarkupLine("  chain of custody, newest first:");
        foreach (var link in report.Chain)
        {
            var who = link.Certificate is { } certificate
                ? $"{certificate.Timestamp} {CommandOutput.Escape(certificate.Signer.OrganisationName ?? certificate.Signer.UserId)}, record {certificate.RecordId}"
                : "a record whose signatures are wrong";
            var file = link.SourceIsParentFile switch
            {
                true => ", of the very file that its parent delivered",
                false => ", of another file than its parent delivered",
                null => "",
            };
            var trouble = link.Result.Outcome == CheckOutcome.Passed ? "" : $": {CommandOutput.Escape(link.Result.Details)}";
            console.MarkupLine($"    {Sign(link.Result)} {who}{file}{trouble}");
        }
    }

    /// <summary>Reports one below the other, a row each, no wider than 80 columns as long as the names aren't long.</summary>
    public static IRenderable Summary(IReadOnlyCollection<(string Name, VerificationReport Report)> reports)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("picture").Padding(0, 0, 1, 0).NoWrap());
        foreach (var header in (string[])["water-\nmark", "sha256", "percep-\ntual", "block-\nchain", "passed", "confi-\ndence"])
            table.AddColumn(new TableColumn(header).Padding(0, 0, 1, 0).Centered().NoWrap());
        table.AddColumn(new TableColumn("verdict").Padding(0, 0));
        foreach (var (name, report) in reports)
        {
            table.AddRow(
                $"[bold]{CommandOutput.Escape(Path.GetFileNameWithoutExtension(name))}[/]",
                Sign(report.Watermark),
                Sign(report.Sha256),
                Sign(report.PerceptualHash),
                Sign(report.Blockchain),
                $"{report.PassedChecks} of {VerificationReport.CheckCount}",
                report.Confidence.ToString("0.00", CultureInfo.InvariantCulture),
                Verdict(report));
        }
        var contents = new Grid().AddColumn(new GridColumn().Padding(1, 0, 1, 0).NoWrap()).AddColumn(new GridColumn().Padding(0, 0));
        foreach (var (name, report) in reports) contents.AddRow(CommandOutput.Escape(Path.GetFileNameWithoutExtension(name)), CommandOutput.Escape(Content(report)));
        return new Rows(table, contents);
    }

    private static void AddRow(Table table, string name, CheckResult check) => table.AddRow(name, Mark(check), CommandOutput.Escape(check.Details));

    private static string Mark(CheckResult check) => check.Outcome switch
    {
        CheckOutcome.Passed => "[green]✓ passed[/]",
        CheckOutcome.Failed => "[red]✗ failed[/]",
        _ => "[yellow]– not run[/]",
    };

    private static string Sign(CheckResult check) => check.Outcome switch
    {
        CheckOutcome.Passed => "[green]✓[/]",
        CheckOutcome.Failed => "[red]✗[/]",
        _ => "[yellow]–[/]",
    };

    private static string Verdict(VerificationReport report) => report.Verdict switch
    {
        Sdk.Verification.Verdict.StronglyAuthentic => "[green]strongly authentic[/]",
        Sdk.Verification.Verdict.Authentic => "[green]authentic[/]",
        Sdk.Verification.Verdict.ProbablyAuthentic => "[green]probably authentic[/]",
        _ => "[red]unverified[/]",
    };

    private static string Content(VerificationReport report) => report.Content switch
    {
        ContentState.IdenticalToSigned => "byte for byte the signed file",
        ContentState.IdenticalToOriginal => "byte for byte the original",
        ContentState.ReEncoded when report.Video is { ChainIntact: true } => "the signed frames in other bytes",
        ContentState.ReEncoded when report.Video is not null => "encoded again; every segment looks as it was signed",
        ContentState.Excerpt => "a part of the signed video",
        ContentState.ReEncoded when report.Alteration is { } alteration => string.Create(
            CultureInfo.InvariantCulture, $"re-encoded; no change found in the {Math.Floor(100 * alteration.JudgedShare)} % of it that can be judged"),
        ContentState.ReEncoded => "re-encoded; too little of the watermark is left to tell whether it was changed",
        ContentState.Edited when report.Alteration is { Regions: { Count: > 0 } regions } =>
            $"changed after signing, near {string.Join(" and ", regions.Take(3).Select(region => $"{region.Width}×{region.Height} at ({region.X}, {region.Y})"))}",
        ContentState.Edited => "changed after signing",
        _ => "unknown",
    };
}
