using System.Security;
using System.Text;
using static Tectra.Robustness.Output;

namespace Tectra.Robustness;

/// <summary>An axis with a label at every <paramref name="Step"/>. With <paramref name="Powers"/>, values are exponents of ten.</summary>
internal sealed record Axis(double From, double To, double Step, bool Powers = false);

/// <summary>How a line is drawn.</summary>
internal enum Stroke
{
    Thin,
    Thick,
    Dashed,
}

/// <summary>A line and its name in the legend.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points, Stroke Stroke);

/// <summary>A plain line chart as SVG, readable on light and dark pages: it brings its own background, which follows the reader's choice.</summary>
internal sealed class Chart(string title, string subtitle, string xLabel, string yLabel)
{
    private const int Width = 860, Height = 480, Left = 74, Top = 62, Right = 200, Bottom = 56;

    // Distinguishable for most colour-blind readers, and of middling lightness for both backgrounds.
    private static readonly string[] Colours =
        ["#3b82c4", "#e07b39", "#3f9e6b", "#c95d8a", "#8a6fc9", "#b8922c", "#2ba3b0", "#d05050", "#7a9a3a", "#9a7b5f", "#5f7fa8", "#b06fb0", "#6b8f8a", "#a0a0a0"];

    private readonly List<Series> _series = [];
    private readonly List<(double X, string Label)> _markers = [];

    public required Axis X { get; init; }

    public required Axis Y { get; init; }

    public void Add(Series series) => _series.Add(series);

    /// <summary>A vertical line with a name.</summary>
    public void Mark(double x, string label) => _markers.Add((x, label));

    public string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(Text($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\" aria-label=\"{Escape(title)}\">\n"));
        svg.Append("""
            <style>
              text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #333 }
              .paper { fill: #fff } .grid { stroke: #e4e4e4 } .axis { stroke: #666 } .ink { stroke: #111 } .title { font-size: 16px; font-weight: 600 }
              @media (prefers-color-scheme: dark) {
                text { fill: #d0d0d0 } .paper { fill: #16181c } .grid { stroke: #30343a } .axis { stroke: #999 } .ink { stroke: #f2f2f2 }
              }
            </style>

            """);
        svg.Append(Text($"<rect class=\"paper\" width=\"{Width}\" height=\"{Height}\"/>\n"));
        Label(Left, 24, title, "class=\"title\"");
        Label(Left, 44, subtitle, "");
        for (var x = X.From; x <= X.To + 1e-9; x += X.Step)
        {
            svg.Append(Text($"<path class=\"grid\" d=\"M{Px(x):F1} {Top}V{Height - Bottom}\"/>\n"));
            Label(Px(x), Height - Bottom + 18, Text($"{x:0.##}"), "text-anchor=\"middle\"");
        }
        for (var y = Y.From; y <= Y.To + 1e-9; y += Y.Step)
        {
            svg.Append(Text($"<path class=\"grid\" d=\"M{Left} {Py(y):F1}H{Width - Right}\"/>\n"));
            if (Y.Powers) Label(Left - 8, Py(y) + 4, "10", "text-anchor=\"end\"", Text($"<tspan dy=\"-5\" font-size=\"9\">{y:0}</tspan>"));
            else Label(Left - 8, Py(y) + 4, Text($"{y:0.##}"), "text-anchor=\"end\"");
        }
        svg.Append(Text($"<path class=\"axis\" fill=\"none\" d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\"/>\n"));
        Label((Left + Width - Right) / 2.0, Height - 14, xLabel, "text-anchor=\"middle\"");
        Label(0, 0, yLabel, Text($"text-anchor=\"middle\" transform=\"translate(20 {(Top + Height - Bottom) / 2}) rotate(-90)\""));
        foreach (var (x, label) in _markers)
        {
            svg.Append(Text($"<path class=\"ink\" stroke-dasharray=\"2 3\" d=\"M{Px(x):F1} {Top}V{Height - Bottom}\"/>\n"));
            Label(Px(x) + 5, Top + 14, label, "");
        }
        svg.Append(Text($"<clipPath id=\"plot\"><rect x=\"{Left}\" y=\"{Top - 3}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom + 6}\"/></clipPath>\n"));
        for (var i = 0; i < _series.Count; i++) Draw(_series[i], i);
        return svg.Append("</svg>\n").ToString();

        void Label(double x, double y, string label, string attributes, string more = "") =>
            svg.Append(Text($"<text x=\"{x:F1}\" y=\"{y:F1}\" {attributes}>{Escape(label)}{more}</text>\n"));

        void Draw(Series series, int index)
        {
            var style = series.Stroke switch
            {
                Stroke.Thick => "class=\"ink\" stroke-width=\"3\"",
                Stroke.Dashed => Text($"stroke=\"{Colours[index % Colours.Length]}\" stroke-width=\"2\" stroke-dasharray=\"7 4\""),
                _ => Text($"stroke=\"{Colours[index % Colours.Length]}\" stroke-width=\"1.4\""),
            };
            var points = string.Join(' ', series.Points.Select(point => Text($"{Px(point.X):F1},{Py(point.Y):F1}")));
            svg.Append(Text($"<polyline clip-path=\"url(#plot)\" fill=\"none\" stroke-linejoin=\"round\" {style} points=\"{points}\"/>\n"));
            var row = Top + 8 + (18 * index);
            svg.Append(Text($"<path {style} d=\"M{Width - Right + 14} {row}h22\"/>\n"));
            Label(Width - Right + 42, row + 4, series.Name, "");
        }
    }

    private static string Escape(string text) => SecurityElement.Escape(text)!;

    private double Px(double x) => Left + ((x - X.From) / (X.To - X.From) * (Width - Left - Right));

    private double Py(double y) => Height - Bottom - ((y - Y.From) / (Y.To - Y.From) * (Height - Top - Bottom));
}
