using Tectra.TestChild;

return args switch
{
    ["fuzz", var folder, var start, var count, var step, var seconds, var progress] => Fuzzer.Run(
        folder, Parse(start), Parse(count), Parse(step), TimeSpan.FromSeconds(Parse(seconds)), progress),
    ["pixels", var folder, var start, var count] => Fuzzer.Digest(folder, Parse(start), Parse(count)),
    ["mutant", var folder, var index, var output] => Fuzzer.Save(folder, Parse(index), output),
    ["kernels", .. var files] => KernelDigest.Print(files),
    ["merkle", .. var sizes] => MerkleDigest.Print(sizes.Select(size => (int)Parse(size))),
    ["outbox", var url, var apiKey, var folder, var count] => await OutboxRun.RunAsync(url, apiKey, folder, Parse(count)),
    _ => Usage(),
};

static long Parse(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("""
        fuzz FOLDER START COUNT STEP SECONDS PROGRESSFILE   inspects mutants START, START+STEP, … of the files in FOLDER
        pixels FOLDER START COUNT                           prints one digest of the pixels of so many mutants
        mutant FOLDER INDEX OUTPUT                          writes one mutant to a file
        kernels FILE…                                       prints digests of what the vector kernels compute
        merkle SIZE…                                        prints digests of Keccak's messages, and of trees with their proofs
        outbox URL APIKEY FOLDER COUNT                      signs COUNT records into the outbox in FOLDER, and delivers it
        """);
    return 2;
}
