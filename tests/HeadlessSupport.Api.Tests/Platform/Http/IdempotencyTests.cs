using System.Text.Json;

namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class IdempotencyTests
{
    private static readonly object Ticket = new { subject = "Once", requester = new { email = "bob@customer.test" }, comment = new { body = "Help." } };

    private static (string, string) Key(string key = "a-key") => ("Idempotency-Key", key);

    [Fact]
    public async Task Fifty_identical_posts_at_once_write_one_ticket()
    {
        var org = await World.NewOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => org.Api.PostAsync("tickets", Ticket, Key())));

        Assert.Single(answers, a => a.Status == 201 && a.Header("Idempotency-Replayed") is null);
        Assert.All(answers.Where(a => a.Status != 201), a =>
        {
            a.MustRefuse(409, "request_in_progress");
            Assert.Equal("1", a.Header("Retry-After"));
        });
        var ticket = Assert.Single((await org.Api.GetAsync("tickets")).Items());
        Assert.All(answers.Where(a => a.Status == 201), a => Assert.Equal(ticket.Id(), a.Text("id")));
        Assert.Single(await org.Api.AllAsync($"tickets/{ticket.Id()}/comments"));
        Assert.Single(await org.AllEventsAsync("events?types=ticket.created"));
        Assert.Equal(ticket.Id(), (await org.Api.PostAsync("tickets", Ticket, Key())).MustBe(201).Text("id"));
    }

    [Fact]
    public async Task A_replay_is_the_first_answer_again()
    {
        var org = await World.NewOrganizationAsync();
        var first = (await org.Api.PostAsync("tickets", Ticket, Key())).MustBe(201);
        // What the ticket is by now does not matter: the caller is told what was answered.
        (await org.Api.PatchAsync($"tickets/{first.Text("id")}", new { subject = "Changed" })).MustBe(200);

        var replay = (await org.Api.PostAsync("tickets", Ticket, Key())).MustBe(201);

        Assert.Equal(first.Body, replay.Body);
        Assert.Equal("true", replay.Header("Idempotency-Replayed"));
        Assert.Null(first.Header("Idempotency-Replayed"));
        foreach (var header in (string[])["Location", "ETag", "Content-Type"])
        {
            Assert.NotNull(first.Header(header));
            Assert.Equal(first.Header(header), replay.Header(header));
        }
        Assert.NotEqual(first.Header("Request-Id"), replay.Header("Request-Id"));
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused_and_writes_nothing()
    {
        var org = await World.NewOrganizationAsync();
        var first = (await org.Api.PostAsync("tickets", Ticket, Key())).MustBe(201);

        (await org.Api.PostAsync("tickets", new { subject = "Another", requester = new { email = "bob@customer.test" } }, Key())).MustRefuse(422, "idempotency_key_reused", "Idempotency-Key");

        Assert.Equal([first.Text("id")], (await org.Api.GetAsync("tickets")).Ids());
        // Not even this spoils the key for the request it belongs to.
        Assert.Equal(first.Body, (await org.Api.PostAsync("tickets", Ticket, Key())).MustBe(201).Body);
    }

    [Fact]
    public async Task A_secret_is_not_replayed()
    {
        var org = await World.NewOrganizationAsync();
        var request = new { name = "Bot", scopes = new[] { "tickets.read" } };
        var created = (await org.Api.PostAsync("api-keys", request, Key())).MustBe(201);
        var createdAgain = (await org.Api.PostAsync("api-keys", request, Key())).MustBe(201);
        Assert.StartsWith("hs_test_", created.Text("secret"), StringComparison.Ordinal);
        MustBeEqualWithoutSecret(created.Json, createdAgain.Json);

        var path = $"api-keys/{created.Text("id")}/rotate";
        var rotated = (await org.Api.PostAsync(path, new { }, Key())).MustBe(201);
        var rotatedAgain = (await org.Api.PostAsync(path, new { }, Key())).MustBe(201);
        Assert.StartsWith("hs_test_", rotated.Text("secret"), StringComparison.Ordinal);
        MustBeEqualWithoutSecret(rotated.Json, rotatedAgain.Json);
        Assert.Equal(3, (await org.Api.GetAsync("api-keys")).Items().Count);
    }

    [Fact]
    public async Task Secrets_of_a_new_organization_and_its_twin_are_not_replayed()
    {
        var world = await World.GetAsync();
        var slug = "t" + Guid.CreateVersion7().ToString("N")[..20];
        var request = new { slug, name = "Acme", test_twin = true, admin = new { email = "admin@acme.test" } };

        var created = (await world.Operator.PostAsync("organizations", request, Key(slug))).MustBe(201);
        var again = (await world.Operator.PostAsync("organizations", request, Key(slug))).MustBe(201);

        Assert.Equal("true", again.Header("Idempotency-Replayed"));
        MustBeEqualWithoutSecret(created.Json.At("api_key"), again.Json.At("api_key"));
        MustBeEqualWithoutSecret(created.Json.At("test/api_key"), again.Json.At("test/api_key"));
        Assert.Equal(created.Json.Text("organization/id"), again.Json.Text("organization/id"));
        Assert.Equal(created.Json.Text("test/organization/id"), again.Json.Text("test/organization/id"));
    }

    [Fact]
    public async Task A_refusal_by_the_state_is_kept()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        (await org.Api.PutAsync($"{path}/status", new { status = "closed" })).MustBe(200);
        var refused = (await org.Api.PostAsync($"{path}/comments", new { body = "Too late." }, Key())).MustRefuse(409, "conflict");
        (await org.Api.PutAsync($"{path}/status", new { status = "open" })).MustBe(200);

        var replay = (await org.Api.PostAsync($"{path}/comments", new { body = "Too late." }, Key())).MustRefuse(409, "conflict");

        Assert.Equal("true", replay.Header("Idempotency-Replayed"));
        Assert.Equal(refused.Body, replay.Body);
        (await org.Api.PostAsync($"{path}/comments", new { body = "Too late." }, Key("another"))).MustBe(201);
    }

    [Fact]
    public async Task A_refusal_of_values_is_kept_and_undoes_what_was_done_before_it()
    {
        var org = await World.NewOrganizationAsync();
        // The requester and the tag would be made; then the assignee is not there.
        var request = new { subject = "Half", requester = new { email = "half@customer.test" }, tags = new[] { "half" }, assignee_id = await CustomerAsync(org) };
        (await org.Api.PostAsync("tickets", request, Key())).MustRefuse(422, "validation_failed", "/assignee_id");

        Assert.Equal("true", (await org.Api.PostAsync("tickets", request, Key())).MustRefuse(422, "validation_failed", "/assignee_id").Header("Idempotency-Replayed"));
        Assert.Empty((await org.Api.GetAsync("users?email=half@customer.test")).Items());
        Assert.Empty((await org.Api.GetAsync("tags")).Items());
        Assert.Empty((await org.Api.GetAsync("tickets")).Items());
    }

    [Fact]
    public async Task What_is_not_the_entitys_own_word_is_not_kept()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}/comments";
        var narrow = await org.Api.PostAsync("api-keys", new { name = "Narrow", scopes = new[] { "tickets.write" } });
        var api = new Api(org.World.Url, narrow.Text("secret"));
        var note = new { body = "Psst.", visibility = "internal" };

        (await api.PostAsync(path, note, Key())).MustRefuse(403, "forbidden", "/visibility");
        Assert.Null((await api.PostAsync(path, note, Key())).MustRefuse(403, "forbidden").Header("Idempotency-Replayed"));
        (await api.PostAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q/comments", note, Key("404"))).MustBe(403);
        (await org.Api.PostAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q/comments", note, Key("404"))).MustRefuse(404, "not_found");
        Assert.Null((await org.Api.PostAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q/comments", note, Key("404"))).MustRefuse(404, "not_found").Header("Idempotency-Replayed"));
        // An unreadable body leaves the key free for the one that was meant.
        (await org.Api.PostAsync(path, """{"body":""", Key("400"))).MustRefuse(400, "invalid_json");
        (await org.Api.PostAsync(path, note, Key("400"))).MustBe(201);
        (await org.World.Anonymous.PostAsync(path, note, Key())).MustRefuse(401, "unauthenticated");
        (await api.PostAsync(path, new { body = "Aloud." }, Key())).MustBe(201);
    }

    [Fact]
    public async Task A_key_belongs_to_one_credential_one_route_and_one_organization()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();
        var second = await org.WithScopesAsync("tickets.write");
        var first = (await org.Api.PostAsync("tickets", Ticket, Key())).MustBe(201);

        var bySecond = (await second.PostAsync("tickets", Ticket, Key())).MustBe(201);
        var byOther = (await other.Api.PostAsync("tickets", Ticket, Key())).MustBe(201);
        (await org.Api.PostAsync($"tickets/{first.Text("id")}/comments", new { body = "One." }, Key())).MustBe(201);
        (await org.Api.PostAsync($"tickets/{bySecond.Text("id")}/comments", new { body = "One." }, Key())).MustBe(201);

        Assert.Equal(3, new[] { first.Text("id"), bySecond.Text("id"), byOther.Text("id") }.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(2, (await org.Api.GetAsync("tickets")).Ids().Count);
        Assert.Equal(2, (await org.Api.AllAsync($"tickets/{bySecond.Text("id")}/comments")).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tab\there")]
    [InlineData(null)]
    public async Task A_bad_key_is_refused(string? key)
    {
        var org = await World.NewOrganizationAsync();

        (await org.Api.PostAsync("tickets", Ticket, Key(key ?? new string('k', 256)))).MustRefuse(400, "invalid_request", "Idempotency-Key");

        Assert.Empty((await org.Api.GetAsync("tickets")).Items());
    }

    [Fact]
    public async Task Only_a_post_takes_a_key()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        (await org.Api.PatchAsync(path, new { subject = "One" }, Key())).MustBe(200);

        // A PATCH may be repeated as it is; a key changes nothing about it.
        Assert.Equal("Two", (await org.Api.PatchAsync(path, new { subject = "Two" }, Key())).MustBe(200).Text("subject"));
    }

    [Fact]
    public async Task A_replayed_bulk_writes_nothing()
    {
        var org = await World.NewOrganizationAsync();
        var request = new { items = new object[] { new { create = Ticket }, new { create = new { subject = "" } } } };

        var first = (await org.Api.PostAsync("tickets/bulk", request, Key())).MustBe(200);
        var replay = (await org.Api.PostAsync("tickets/bulk", request, Key())).MustBe(200);

        Assert.Equal(first.Body, replay.Body);
        Assert.Single((await org.Api.GetAsync("tickets")).Items());
    }

    [Fact]
    public async Task More_keyed_posts_than_connections_do_not_wait_for_each_other()
    {
        // Each holds a connection while its ticket's number is fetched.
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World, ("ConnectionStrings__Support", org.World.AppConnectionString + ";Maximum Pool Size=10;Timeout=30"), ("Jobs__RunServer", "false"));
        var api = new Api(node.Url, org.Secret);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => api.PostAsync("tickets", Ticket, Key($"key-{i}"))));

        Assert.All(answers, a => a.MustBe(201));
        Assert.Equal(60, answers.Select(a => a.Json.Int("number")).Distinct().Count());
    }

    [Fact]
    public async Task Keyed_replies_at_once_on_one_ticket_all_succeed()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { comment = (object?)null })).Id()}/comments";

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => org.Api.PostAsync(path, new { body = $"Reply {i}." }, Key($"key-{i}"))));

        Assert.All(answers, a => a.MustBe(201));
        Assert.Equal(20, (await org.Api.AllAsync(path)).Count);
    }

    private static async Task<string> CustomerAsync(Org org) =>
        (await org.Api.PostAsync("users", new { email = "customer@customer.test", role = "customer" })).MustBe(201).Text("id");

    private static void MustBeEqualWithoutSecret(JsonElement first, JsonElement replay)
    {
        Assert.NotNull(first.Text("secret"));
        Assert.True(replay.IsNull("secret"));
        Assert.Equal(Without(first), Without(replay));

        static Dictionary<string, string> Without(JsonElement key) => key.EnumerateObject().Where(p => p.Name != "secret").ToDictionary(p => p.Name, p => p.Value.GetRawText());
    }
}
