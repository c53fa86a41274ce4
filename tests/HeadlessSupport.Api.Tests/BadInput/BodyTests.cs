using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Api.Tests.BadInput;

/// <summary>Generated from the route table and the request records: what cannot be is refused, pointed at, and leaves no trace.</summary>
public sealed class BodyTests
{
    [Fact]
    public async Task Every_spoiled_body_is_refused_with_a_pointer_and_nothing_is_written()
    {
        var failures = new Failures();
        var tried = 0;
        foreach (var route in await RoutesWithBodiesAsync())
        {
            var org = await Furnished.NewAsync();
            var before = await org.RowsAsync();
            foreach (var bad in BodyCorpus.Of(route, Good(route, org)))
            {
                var answer = await SendAsync(org, route, JsonContent(bad.Bytes));
                failures.Unless(IsRefusal(answer, bad), route, answer, bad.What);
                tried++;
            }
            var after = await org.RowsAsync();
            failures.Unless(after == before, $"{route.Name} wrote: {before} became {after}");
        }
        failures.MustBeNone();
        Assert.True(tried > 1500, $"Only {tried} bodies were tried.");
    }

    [Fact]
    public async Task A_body_of_more_than_a_mebibyte_is_413()
    {
        foreach (var route in await RoutesWithBodiesAsync())
        {
            var org = await Furnished.NewAsync();
            var before = await org.RowsAsync();
            // The client waits for a word before it sends so much, and is told by the length alone.
            var api = route.IsForOperator ? org.Org.World.Operator : org.Api;
            var answer = await api.SendAsync(route.Method, route.Path(org), JsonContent(new byte[(1024 * 1024) + 1]), ("Expect", "100-continue"));
            answer.MustRefuse(413, "body_too_large");
            Assert.Equal(before, await org.RowsAsync());
        }
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_cut_off_where_it_is_too_large()
    {
        var org = await Furnished.NewAsync();
        var before = await org.RowsAsync();
        var answer = await Try.UntilAsync(async () =>
        {
            try
            {
                return await org.Api.SendAsync(HttpMethod.Post, "tickets", new Chunked(new byte[1024 * 1024 * 2]));
            }
            catch (HttpRequestException)
            {
                // Whoever is still sending may lose the connection before the answer can be read.
                return null;
            }
        });
        answer.MustRefuse(413, "body_too_large");
        Assert.Equal(before, await org.RowsAsync());
    }

    [Fact]
    public async Task A_body_of_just_a_mebibyte_is_read()
    {
        var org = await Furnished.NewAsync();
        var body = new byte[1024 * 1024];
        Array.Fill(body, (byte)' ');
        """{"name":"large"}"""u8.CopyTo(body);
        (await org.Api.PostAsync("tags", body)).MustBe(201);
    }

    [Fact]
    public async Task Another_content_type_is_415()
    {
        var failures = new Failures();
        foreach (var route in await RoutesWithBodiesAsync())
        {
            var org = await Furnished.NewAsync();
            var before = await org.RowsAsync();
            foreach (var type in (string?[])[null, "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream", "text/html", "application/json; charset=utf-16", "application/json; charset=iso-8859-1", "text/json", "application/json-patch+json", "application/problem+json", "*/*", "nonsense"])
            {
                var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Good(route, org)));
                if (type is not null)
                    content.Headers.TryAddWithoutValidation("Content-Type", type);
                var answer = await SendAsync(org, route, content);
                failures.Unless(answer is { Status: 415, Code: "unsupported_media_type" }, route, answer, $"for {type}");
            }
            var after = await org.RowsAsync();
            failures.Unless(after == before, $"{route.Name} wrote: {before} became {after}");
        }
        failures.MustBeNone();
    }

    [Fact]
    public async Task A_charset_cannot_smuggle_in_what_the_body_may_not_have()
    {
        var org = await Furnished.NewAsync();
        var content = new ByteArrayContent(System.Text.Encoding.Unicode.GetBytes("""{"name":"a\u0000b"}"""));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-16");
        var answer = await org.Api.SendAsync(HttpMethod.Post, "tags", content);
        answer.MustRefuse(415, "unsupported_media_type");
    }

    [Theory]
    [InlineData("application/merge-patch+json")]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    public async Task What_a_client_may_rightly_send_is_taken(string type)
    {
        var org = await Furnished.NewAsync();
        var content = new ByteArrayContent("""{"name":"refund"}"""u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        (await org.Api.SendAsync(HttpMethod.Patch, $"tags/{org.Id<HeadlessSupport.Api.Tags.Tag>()}", content)).MustBe(200);
    }

    [Fact]
    public async Task A_boundary_that_has_the_word_json_makes_no_JSON_of_an_upload()
    {
        var org = await World.NewOrganizationAsync();
        // Text in Windows-1252, which no JSON could be.
        var form = new MultipartFormDataContent("----FormBoundaryjson7") { { new ByteArrayContent([.. "Gr"u8, 0xFC, 0xDF, .. "e"u8]), "file", "a.txt" } };
        (await org.Api.SendAsync(HttpMethod.Post, "attachments", form)).MustBe(201);
    }

    internal static async Task<IEnumerable<ApiRoute>> RoutesWithBodiesAsync() => RouteTable.Of(await World.GetAsync()).Where(r => r.Body is not null);

    internal static JsonObject Good(ApiRoute route, Furnished org) => JsonSerializer.SerializeToNode(Bodies.For(route, org))!.AsObject();

    internal static Task<Answer> SendAsync(Furnished org, ApiRoute route, HttpContent content) =>
        (route.IsForOperator ? org.Org.World.Operator : org.Api).SendAsync(route.Method, route.Path(org), content);

    internal static ByteArrayContent JsonContent(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/json") } };

    private static bool IsRefusal(Answer answer, BadBody bad) =>
        bad.Statuses.Contains(answer.Status)
        && answer.Header("Content-Type") == "application/problem+json"
        && (bad.Pointer is null || (answer.Json.GetProperty("errors") is { ValueKind: JsonValueKind.Object } errors && errors.TryGetProperty(bad.Pointer, out _)));

    private sealed class Chunked : StreamContent
    {
        public Chunked(byte[] bytes) : base(new MemoryStream(bytes)) => Headers.ContentType = new("application/json");

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
