using System.Globalization;
using Tectra.Load;

var output = Option("--out");
return args switch
{
    ["server", ..] => await ServerLoad.RunAsync(Number("--seconds", 5), Number("--records", 20_000), output),
    ["index", var engine, ..] => await IndexFilling.RunAsync(engine, Number("--records", 10_000_000), output),
    _ => Usage(),
};

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;

int Number(string name, int otherwise) => Option(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.Error.WriteLine("""
        server [--seconds N] [--records N] [--out FILE]         a server on PostgreSQL under load, beside its floors
        index sqlite|postgres [--records N] [--out FILE]        how long filling the similarity index from storage takes
        """);
    return 2;
}
