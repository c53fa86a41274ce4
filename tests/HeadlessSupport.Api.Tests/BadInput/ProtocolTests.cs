namespace HeadlessSupport.Api.Tests.BadInput;

/// <summary>What is wrong before any action is reached.</summary>
public sealed class ProtocolTests
{
    [Theory]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/tickets/tkt_01h455vb4pex5vsknk084sn02q/nothing")]
    [InlineData("/api/v1")]
    [InlineData("/api/v9/tickets")]
    [InlineData("/api/v9/nothing")]
    [InlineData("/api/v0/tickets")]
    [InlineData("/api/v1.5/tickets")]
    [InlineData("/api/tickets")]
    [InlineData("/nothing")]
    [InlineData("/api/v1//tickets")]
    public async Task What_is_not_there_is_404(string path)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.GetAsync(path)).MustRefuse(404, "not_found");
        (await org.Api.PostAsync(path, new { name = "x" })).MustRefuse(404, "not_found");
    }

    [Theory]
    [InlineData("/api/vx/tickets")]
    [InlineData("/api/v99999999999999999999/tickets")]
    public async Task A_version_that_is_no_number_is_unreadable(string path) =>
        (await (await World.NewOrganizationAsync()).Api.GetAsync(path)).MustRefuse(400, "invalid_request");

    [Fact]
    public async Task A_method_that_a_path_does_not_take_is_405_and_Allow_names_those_it_takes()
    {
        var org = await Furnished.NewAsync();
        var before = await org.RowsAsync();
        HttpMethod[] methods = [HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete];
        var tried = 0;
        foreach (var path in RouteTable.Of(org.Org.World).GroupBy(r => r.Path(org)))
        {
            foreach (var method in methods.Except(path.Select(r => r.Method)))
            {
                // POST /tickets/bulk is a path of its own, but GET /tickets/{id} matches it too.
                if (path.Key == "tickets/bulk" && method != HttpMethod.Put && method != HttpMethod.Post)
                    continue;
                // So it is with what ends all sessions.
                if (path.Key == "sessions/revoke-all" && method == HttpMethod.Get)
                    continue;
                var answer = await org.Api.SendAsync(method, path.Key, method == HttpMethod.Get ? null : Json.Content(new { }));
                answer.MustRefuse(405, "method_not_allowed");
                var allowed = answer.Header("Allow")!.Split(", ");
                Assert.All(path, r => Assert.Contains(r.Method.Method, allowed));
                Assert.DoesNotContain(method.Method, allowed);
                tried++;
            }
        }
        Assert.True(tried > 100, $"Only {tried} were tried.");
        Assert.Equal(before, await org.RowsAsync());
    }

    [Theory]
    [InlineData("GET /api/v1/tags/%00 HTTP/1.1", 400)]
    [InlineData("GET /api/v1/tags/a%00b HTTP/1.1", 400)]
    [InlineData("GET /api/v1/tags/%zz HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags/% HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags/%F HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags/%ED%A0%80 HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags/%C0%80 HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags/%FF%FE HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags?limit=%00 HTTP/1.1", 400)]
    [InlineData("GET /api/v1/tags?limit=%zz HTTP/1.1", 400)]
    [InlineData("GET /api/v1/tags?limit=% HTTP/1.1", 400)]
    [InlineData("GET /api/v1/tags?cursor=%FF HTTP/1.1", 400)]
    [InlineData("GET /api/v1/tags?%zz=1 HTTP/1.1", 400)]
    [InlineData("GET /api/v1/tags?=1 HTTP/1.1", 400)]
    [InlineData("GET /api/v1/../../etc/passwd HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1", 404)]
    [InlineData("GET /api/v1/tags/%252e%252e HTTP/1.1", 404)]
    [InlineData("BREW /api/v1/tags HTTP/1.1", 405)]
    [InlineData("GET /api/v1/tags HTTP/9.9", 505)]
    [InlineData("GET tags", 400)]
    public async Task A_hostile_request_line_gets_its_4xx(string line, int status)
    {
        var org = await World.NewOrganizationAsync();
        var (answered, text) = await RawHttp.SendAsync(org.World.Url, line, org.Secret);
        Assert.True(answered == status, $"{line} was answered with {text}");
        Assert.DoesNotContain(" at HeadlessSupport", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE /api/v1/tickets/{ticket}/tags/a%00b HTTP/1.1")]
    [InlineData("DELETE /api/v1/tickets/{ticket}/tags/%FF HTTP/1.1")]
    [InlineData("DELETE /api/v1/tickets/{ticket}/tags/%ED%A0%80 HTTP/1.1")]
    [InlineData("GET /api/v1/files/%FF HTTP/1.1")]
    [InlineData("GET /api/v1/files/=== HTTP/1.1")]
    public async Task Free_text_in_a_path_cannot_break_anything(string line)
    {
        var org = await Furnished.NewAsync();
        var (status, text) = await RawHttp.SendAsync(org.Org.World.Url, line.Replace("{ticket}", org.Id<HeadlessSupport.Api.Tickets.Ticket>(), StringComparison.Ordinal), org.Org.Secret);
        Assert.True(status is 400 or 404 or 422, text);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("a//b/")]
    [InlineData("a b")]
    [InlineData("a%2Fb")]
    [InlineData("a%252Fb")]
    [InlineData("%2f/")]
    [InlineData("a%b")]
    [InlineData("é漢💩")]
    [InlineData("a?b#c")]
    [InlineData("a+b")]
    [InlineData("a:b@c,d;e=f&g")]
    public async Task Any_external_id_can_be_named_in_a_path(string externalId)
    {
        var org = await World.NewOrganizationAsync();
        var company = (await org.Api.PutAsync($"companies/by-external-id/{Uri.EscapeDataString(externalId)}", new { name = "Hooli" })).MustBe(200);
        Assert.Equal(externalId, company.Text("external_id"));
        Assert.Equal([company.Text("id")], (await org.Api.GetAsync($"companies?external_id={Uri.EscapeDataString(externalId)}")).Ids());
        // The same one, also where it is said in the body too.
        var again = await org.Api.PutAsync($"companies/by-external-id/{Uri.EscapeDataString(externalId)}", new { name = "Hooli", external_id = externalId });
        Assert.Equal(company.Text("id"), again.MustBe(200).Text("id"));
    }

    [Theory]
    [InlineData("%FF")]
    [InlineData("a%C0%80")]
    [InlineData("%ED%A0%80b")]
    [InlineData("%20")]
    public async Task An_external_id_that_is_no_text_is_refused(string escaped)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PutAsync($"companies/by-external-id/{escaped}", new { name = "Hooli" })).MustRefuse(422, "validation_failed", "/external_id");
        (await org.Api.PutAsync($"users/by-external-id/{escaped}", new { name = "Una" })).MustRefuse(422, "validation_failed", "/external_id");
        (await org.Api.PutAsync($"users/by-external-id/{new string('a', 256)}", new { name = "Una" })).MustRefuse(422, "validation_failed", "/external_id");
    }

    [Fact]
    public async Task Any_tag_can_be_taken_off_by_its_name()
    {
        var org = await World.NewOrganizationAsync();
        string[] names = ["a/b", "50%", "é", "a%2fb", "?"];
        var ticket = (await org.TicketAsync(new { tags = names })).Id();
        foreach (var name in names)
            (await org.Api.DeleteAsync($"tickets/{ticket}/tags/{Uri.EscapeDataString(name)}")).MustBe(200);
        Assert.Empty((await org.Api.GetAsync($"tickets/{ticket}")).Json.Texts("tags"));
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer x")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer hs_test_0000000000000000000000000000000000000000000000000")]
    public async Task A_credential_that_is_none_is_401(string authorization)
    {
        var world = await World.GetAsync();
        var answer = await world.Anonymous.GetAsync("tickets", ("Authorization", authorization));
        answer.MustRefuse(401, "unauthenticated");
        Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
    }
}
