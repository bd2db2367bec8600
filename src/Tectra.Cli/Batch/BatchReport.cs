using System.Globalization;
using System.Net;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Batch;

/// <summary>The summary page of a batch: one file that asks for nothing from anywhere.</summary>
internal static class BatchReport
{
    public const string FileName = "report.html";

    private const string Style =
        """
        :root{color-scheme:light dark;--line:#8884;--dim:#888;--bad:#c0392b;--good:#1e8449}
        body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
        h1{font-size:1.5rem;margin:0}p.sum{margin:.2rem 0 1.5rem;color:var(--dim)}
        table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:600;color:var(--dim)}
        td,th{padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        img,.none{width:96px;height:96px;object-fit:contain;background:#8882;border-radius:4px;display:block}
        .none{display:grid;place-items:center;color:var(--dim);font-size:.8rem}
        code{font:12px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
        .name{font-weight:600;overflow-wrap:anywhere}.note{color:var(--dim);font-size:.85rem}
        .bad{color:var(--bad)}.good{color:var(--good)}dl{display:grid;grid-template-columns:max-content 1fr;gap:0 .75rem;margin:0}dt{color:var(--dim)}dd{margin:0}
        """;

    /// <summary>Writes the page of a manifest.</summary>
    /// <returns>Where it is.</returns>
    public static string Write(string output, IEnumerable<BatchEntry> entries)
    {
        var path = Path.Combine(output, FileName);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(Page([.. entries])));
        return path;
    }

    /// <summary>The page.</summary>
    internal static string Page(IReadOnlyList<BatchEntry> entries)
    {
        var failed = entries.Where(entry => entry.Status == BatchEntry.Failed).ToArray();
        var signed = entries.Where(entry => entry.Status == BatchEntry.Signed).ToArray();
        var measured = signed.Where(entry => entry.PsnrDb is not null).Select(entry => entry.PsnrDb!.Value).ToArray();
        var html = new StringBuilder();
        // The policy lets the page load nothing, whatever a file may be called.
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">")
            .Append("<link rel=\"icon\" href=\"data:,\"><title>Signed files</title><style>").Append(Style).Append("</style></head><body>");
        html.Append("<h1>Signed files</h1><p class=\"sum\">")
            .Append(CultureInfo.InvariantCulture, $"<span id=\"signed\">{signed.Length}</span> signed, <span id=\"failed\">{failed.Length}</span> failed");
        if (measured.Length > 0) html.Append(CultureInfo.InvariantCulture, $"; pictures differ from their sources by {measured.Average():F1} dB PSNR on average, {measured.Min():F1} at least");
        html.Append(".</p>");
        if (failed.Length > 0)
        {
            html.Append("<h2 class=\"bad\">Failed</h2><table><tr><th>File</th><th>Reason</th></tr>");
            foreach (var entry in failed) html.Append($"<tr><td class=\"name\">{Text(entry.File)}</td><td>{Text(entry.Error?.Message)} <code>{Text(entry.Error?.Code)}</code></td></tr>");
            html.Append("</table><h2>Signed</h2>");
        }
        html.Append("<table><tr><th></th><th>File</th><th>Record and hashes</th></tr>");
        foreach (var entry in signed) Row(html, entry);
        return html.Append("</table></body></html>\n").ToString();
    }

    private static void Row(StringBuilder html, BatchEntry entry)
    {
        html.Append("<tr><td>").Append(entry.Thumbnail is { } thumbnail ? $"<img alt=\"\" src=\"data:image/jpeg;base64,{Text(thumbnail)}\">" : $"<span class=\"none\">{(entry.DurationMs is null ? "" : "video")}</span>");
        html.Append($"</td><td><div class=\"name\">{Text(entry.File)}</div><div class=\"note\">{Text(entry.MediaType)}, {entry.Width}×{entry.Height}");
        if (entry.DurationMs is { } milliseconds) html.Append($", {VideoTime.Format(TimeSpan.FromMilliseconds(milliseconds))}");
        html.Append("</div>");
        if (entry.PsnrDb is { } psnr) html.Append(CultureInfo.InvariantCulture, $"<div class=\"good\">watermarked, PSNR {psnr:F1} dB, SSIM {entry.Ssim:F4}</div>");
        if (entry.WatermarkProblem is { } problem) html.Append($"<div class=\"note\">Without a watermark: {Text(problem.Message)}</div>");
        foreach (var notice in entry.Notices ?? []) html.Append($"<div class=\"note\">{Text(notice)}</div>");
        html.Append("</td><td><dl>");
        foreach (var (name, value) in new[]
        {
            ("Record", entry.RecordId), ("Signed", entry.Timestamp), ("Source SHA-256", entry.Sha256), ("Signed SHA-256", entry.WatermarkedSha256), ("Perceptual hash", entry.Phash),
            ("Key", entry.PublicKey), ("Blockchain", entry.BlockchainStatus),
        })
        {
            if (value is not null) html.Append($"<dt>{name}</dt><dd><code>{Text(value)}</code></dd>");
        }
        html.Append("</dl></td></tr>");
    }

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
