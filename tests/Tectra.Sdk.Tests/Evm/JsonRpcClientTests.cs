using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk.Evm;

namespace Tectra.Sdk.Tests.Evm;

public sealed class JsonRpcClientTests
{
    private FakeNode _node = null!;
    private HttpClient _http = null!;

    [SetUp]
    public void Listen()
    {
        _node = new FakeNode();
        _http = new HttpClient(JsonRpcClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    [TearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task A_call_is_one_request_of_JSON_RPC_2_0()
    {
        _node.Results["eth_test"] = _ => """{"a":[1,"zwei",null]}""";
        var result = await Client().CallAsync("eth_test", ["0x1", null, new JsonObject { ["to"] = "+ü" }, new JsonArray(1, true)]);
        Assert.That(result.GetRawText(), Is.EqualTo("""{"a":[1,"zwei",null]}"""));
        var request = _node.Receiver.Requests.Single();
        Assert.That(request.RequestLine, Is.EqualTo("POST /v3/path-secret?key=query-secret HTTP/1.1"));
        Assert.That(request.Headers["content-type"], Is.EqualTo("application/json"));
        Assert.That(Encoding.UTF8.GetString(request.Body), Does.Match("""^\{"jsonrpc":"2.0","id":[1-9][0-9]*,"method":"eth_test","params":\["0x1",null,\{"to":"\+ü"\},\[1,true\]\]\}$"""));
    }

    [Test]
    public async Task A_null_result_is_a_result()
    {
        _node.Results["eth_test"] = _ => "null";
        Assert.That((await Client().CallAsync("eth_test", [])).ValueKind, Is.EqualTo(JsonValueKind.Null));
        _node.Raw = call => FakeNode.Http($$$"""{"jsonrpc":"2.0","id":{{{call.Id}}},"result":null,"error":null,"usage":{"units":1}}""");
        Assert.That((await Client().CallAsync("eth_test", [])).ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Many_calls_at_once_each_get_their_own_answer()
    {
        _node.Results["eth_test"] = call => call.Parameters[0].GetRawText();
        var client = Client();
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => client.CallAsync("eth_test", [i]).AsTask()));
        Assert.That(results.Select(result => result.GetInt32()), Is.EqualTo(Enumerable.Range(0, 40)));
    }

    [Test]
    public void An_error_is_told_with_its_number_its_words_and_what_was_reverted()
    {
        _node.Raw = call => FakeNode.Error(call, """{"code":3,"message":"execution reverted\r\n\u0007now","data":"0x08c379A0"}""");
        var error = Refused();
        Assert.That((error.RpcCode, error.RpcMessage), Is.EqualTo((3, "execution reverted   now")));
        Assert.That(Convert.ToHexStringLower(error.RevertData.Span), Is.EqualTo("08c379a0"));
        Assert.That(error.Message, Is.EqualTo($"{_node.Origin} refuses eth_test: execution reverted   now (error 3)."));
    }

    [TestCase("""{"code":-32000,"message":"x","data":{"data":"0x0102"}}""", "0102")]
    [TestCase("""{"code":-32000,"message":"x","data":"Reverted 0x"}""", "")]
    [TestCase("""{"code":-32000,"message":"x","data":"0x1"}""", "")]
    [TestCase("""{"code":-32000,"message":"x","data":{"reason":"y"}}""", "")]
    [TestCase("""{"code":-32000,"message":"x","data":null}""", "")]
    [TestCase("""{"code":-32000,"message":"x"}""", "")]
    public void Revert_data_is_taken_wherever_nodes_put_it(string json, string data)
    {
        _node.Raw = call => FakeNode.Error(call, json);
        Assert.That(Convert.ToHexStringLower(Refused().RevertData.Span), Is.EqualTo(data));
    }

    [TestCase("null")]
    [TestCase("17")]
    [TestCase("\"\\ud800\"")]
    public void An_error_without_words_is_told_by_its_number(string message)
    {
        _node.Raw = call => FakeNode.Error(call, $$"""{"code":-32005,"message":{{message}}}""");
        Assert.That(Refused().Message, Does.EndWith("refuses eth_test: no reason given (error -32005)."));
    }

    [Test]
    public void An_error_may_come_with_an_HTTP_status_and_without_an_id()
    {
        _node.Raw = call => FakeNode.Error(call, """{"code":-32600,"message":"unsupported"}""", "400 Bad Request");
        Assert.That(Refused().RpcCode, Is.EqualTo(-32600));
        _node.Raw = _ => FakeNode.Http("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}""", "401 Unauthorized");
        Assert.That(Refused().RpcCode, Is.EqualTo(-32700));
    }

    [Test]
    public void Long_words_are_cut_and_keys_taken_out_of_them()
    {
        _node.Raw = call => FakeNode.Error(call, $$"""{"code":-32001,"message":"bad project path-secret, QUERY-SECRET {{new string('x', 2000)}}"}""");
        var message = Refused().Message;
        Assert.That(message, Has.Length.LessThan(700));
        Assert.That(message, Does.Contain("bad project (secret), (secret) xxx").And.Not.Contain("path-secret").IgnoreCase);
    }

    [TestCase("""<html>Please log in</html>""")]
    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("\"x\"")]
    [TestCase("""{"jsonrpc":"2.0","id":ID,"result":"0x1" """)] // cut off
    [TestCase("""{"jsonrpc":"2.0","id":ID,"result":"0x1"} x""")]
    [TestCase("""{"jsonrpc":"2.0","id":ID,"result":"0x1","result":"0x2"}""")]
    [TestCase("""{"jsonrpc":"1.0","id":ID,"result":"0x1"}""")]
    [TestCase("""{"jsonrpc":2.0,"id":ID,"result":"0x1"}""")]
    [TestCase("""{"id":ID,"result":"0x1"}""")]
    [TestCase("""{"jsonrpc":"2.0","id":ID}""")]
    [TestCase("""{"jsonrpc":"2.0","id":ID,"result":1,"error":{"code":1,"message":"x"}}""")]
    [TestCase("""{"jsonrpc":"2.0","id":ID,"error":null}""")]
    [TestCase("""{"jsonrpc":"2.0","id":ID,"error":"no"}""")]
    [TestCase("""{"jsonrpc":"2.0","id":ID,"error":{"message":"no number"}}""")]
    [TestCase("""{"jsonrpc":"2.0","id":ID,"error":{"code":1e99,"message":"x"}}""")]
    [TestCase("""{"jsonrpc":"2.0","result":"0x1"}""")]
    [TestCase("""{"jsonrpc":"2.0","id":null,"result":"0x1"}""")]
    [TestCase("""{"jsonrpc":"2.0","id":"ID","result":"0x1"}""")]
    [TestCase("""{"jsonrpc":"2.0","id":1.5,"result":"0x1"}""")]
    [TestCase("""{"jsonrpc":"2.0","id":0,"result":"0x1"}""")]
    [TestCase("""[{"jsonrpc":"2.0","id":ID,"result":"0x1"}]""")]
    public void Any_other_answer_is_malformed(string body)
    {
        _node.Raw = call => FakeNode.Http(body.Replace("ID", call.Id.ToString(), StringComparison.Ordinal));
        Failed(ErrorCodes.RpcAnswerMalformed);
    }

    [Test]
    public void Nesting_without_end_is_malformed()
    {
        _node.Results["eth_test"] = _ => new string('[', 1000) + new string(']', 1000);
        Failed(ErrorCodes.RpcAnswerMalformed);
    }

    [Test]
    public void The_answer_to_another_request_is_not_taken_for_this_ones()
    {
        var client = Client();
        _node.Raw = call => FakeNode.Http($$"""{"jsonrpc":"2.0","id":{{call.Id - 1}},"result":"0x1"}""");
        Assert.That(Failed(ErrorCodes.RpcAnswerMalformed).Message, Does.EndWith("It answers another request."));
    }

    [TestCase("403 Forbidden", "<html>", ErrorCodes.RpcAnswerMalformed)]
    [TestCase("404 Not Found", "", ErrorCodes.RpcAnswerMalformed)]
    [TestCase("400 Bad Request", """{"jsonrpc":"2.0","id":ID,"result":"0x1"}""", ErrorCodes.RpcAnswerMalformed)]
    [TestCase("408 Request Timeout", "", ErrorCodes.RpcUnreachable)]
    [TestCase("429 Too Many Requests", """{"jsonrpc":"2.0","id":ID,"error":{"code":1,"message":"x"}}""", ErrorCodes.RpcUnreachable)]
    [TestCase("502 Bad Gateway", "<html>", ErrorCodes.RpcUnreachable)]
    public void Other_statuses_are_told_apart(string status, string body, string code)
    {
        _node.Raw = call => FakeNode.Http(body.Replace("ID", call.Id.ToString(), StringComparison.Ordinal), status);
        Assert.That(Failed(code).Message, Does.Contain(status[..3]));
    }

    [Test]
    public void A_redirect_is_not_followed()
    {
        _node.Raw = _ => $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {_node.Url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        Assert.That(Failed(ErrorCodes.RpcAnswerMalformed).Message, Does.Contain("307"));
        Assert.That(_node.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public void An_answer_over_the_limit_is_refused_announced_or_not()
    {
        var long_ = $"\"{new string('a', 5000)}\"";
        _node.Results["eth_test"] = _ => long_;
        Assert.That(Failed(ErrorCodes.RpcAnswerMalformed, Client(maxAnswerBytes: 4096)).Message, Does.Contain("longer than the 4096 bytes"));
        _node.Raw = call => $"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{{\"jsonrpc\":\"2.0\",\"id\":{call.Id},\"result\":{long_}}}";
        Failed(ErrorCodes.RpcAnswerMalformed, Client(maxAnswerBytes: 4096));
        _node.Raw = _ => "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\nConnection: close\r\n\r\n{";
        Failed(ErrorCodes.RpcAnswerMalformed);
    }

    [Test]
    public void An_answer_that_breaks_off_is_no_answer()
    {
        _node.Raw = _ => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"jsonrpc\"";
        Failed(ErrorCodes.RpcUnreachable);
        _node.Raw = _ => "";
        Failed(ErrorCodes.RpcUnreachable);
        _node.Raw = _ => "SSH-2.0-OpenSSH_9.2\r\n";
        Failed(ErrorCodes.RpcUnreachable);
    }

    [Test]
    public async Task Nobody_there_is_unreachable()
    {
        var gone = new FakeNode();
        var client = new JsonRpcClient(_http, gone.Url, TimeProvider.System);
        await gone.DisposeAsync();
        Assert.That(Failed(ErrorCodes.RpcUnreachable, client).Message, Does.StartWith($"There is no connection to {client.Origin} ("));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_node_that_takes_too_long_is_unreachable(bool inTheBody)
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        var asked = new TaskCompletionSource();
        _node.Receiver.Answer = async (_, end) =>
        {
            asked.SetResult();
            if (!inTheBody) await Task.Delay(Timeout.Infinite, end);
            return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
        };
        if (inTheBody) _node.Receiver.Wrap = stream => Task.FromResult<Stream>(new StallingStream(stream));
        var call = new JsonRpcClient(_http, _node.Url, time, TimeSpan.FromSeconds(7)).CallAsync("eth_test", []).AsTask();
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.That(call.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(0.2));
        var error = Assert.ThrowsAsync<JsonRpcException>(() => call)!;
        Assert.That((error.Code, error.Message), Is.EqualTo((ErrorCodes.RpcUnreachable, $"{_node.Origin} didn't answer eth_test in time. Check the network and the RPC's address, or try another one.")));
    }

    [Test]
    public async Task A_cancelled_call_ends_at_once_and_is_called_cancelled()
    {
        var asked = new TaskCompletionSource();
        _node.Receiver.Answer = async (_, end) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, end);
            return "";
        };
        using var source = new CancellationTokenSource();
        var call = Client().CallAsync("eth_test", [], source.Token).AsTask();
        await asked.Task;
        await source.CancelAsync();
        Assert.That(async () => await call, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await Client().CallAsync("eth_test", [], source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase("ftp://node.example/")]
    [TestCase("file:///etc/passwd")]
    [TestCase("https://somebody:hunter2hunter2@node.example/")]
    [TestCase("https://node.example/#hunter2hunter2")]
    [TestCase("relative/hunter2hunter2")]
    public void An_address_that_cannot_be_a_nodes_is_refused_without_repeating_it(string url)
    {
        var error = Assert.Throws<ArgumentException>(() => _ = new JsonRpcClient(_http, new Uri(url, UriKind.RelativeOrAbsolute), TimeProvider.System))!;
        Assert.That(error.Message, Does.Contain("RPC").And.Not.Contain("hunter2"));
    }

    [Test]
    public void Its_name_is_scheme_and_host_alone() => Assert.That(Client().ToString(), Is.EqualTo(_node.Origin));

    private JsonRpcClient Client(int maxAnswerBytes = JsonRpcClient.DefaultMaxAnswerBytes) => new(_http, _node.Url, TimeProvider.System, maxAnswerBytes: maxAnswerBytes);

    private JsonRpcException Refused() => Failed(ErrorCodes.RpcRefused);

    private JsonRpcException Failed(string code, JsonRpcClient? client = null)
    {
        var error = Assert.ThrowsAsync<JsonRpcException>(async () => await (client ?? Client()).CallAsync("eth_test", []))!;
        Assert.That(error.Code, Is.EqualTo(code), error.Message);
        Assert.That(error.ToString(), Does.Not.Contain("path-secret").And.Not.Contain("query-secret"));
        Assert.That(error.RpcCode is null, Is.EqualTo(code != ErrorCodes.RpcRefused));
        return error;
    }

    /// <summary>Lets what is written through, but never ends.</summary>
    private sealed class StallingStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
