namespace HeadlessSupport.Api.Tests.Access;

/// <summary>What the operator of the installation does.</summary>
public sealed class OrganizationsTests
{
    [Fact]
    public async Task A_new_organization_has_an_admin_and_a_key_that_works_at_once()
    {
        var world = await World.GetAsync();
        var slug = NewSlug();
        var created = (await world.Operator.PostAsync("organizations", new { slug, name = "Hooli", admin = new { email = "Gavin@Hooli.test", name = "Gavin" } })).MustBe(201);

        var id = created.Json.Text("organization/id")!;
        Assert.Equal(new Uri(world.Url, $"/api/v1/organizations/{id}").AbsoluteUri, created.Header("Location"));
        Assert.Equal("live", created.Json.Text("organization/mode"));
        Assert.Equal("gavin@hooli.test", created.Json.Text("admin/email"));
        Assert.Equal("admin", created.Json.Text("admin/role"));
        Assert.True(created.Json.IsNull("test"));
        Assert.StartsWith("hs_live_", created.Json.Text("api_key/secret"), StringComparison.Ordinal);
        var api = new Api(world.Url, created.Json.Text("api_key/secret"));
        Assert.Equal(slug, (await api.GetAsync("organization")).MustBe(200).Text("slug"));

        var found = (await world.Operator.GetAsync($"organizations/{id}")).MustBe(200);
        Assert.Equal(created.ETag, found.ETag);
        (await world.Operator.GetAsync($"organizations/{id}", ("If-None-Match", found.ETag!))).MustBe(304);
    }

    [Fact]
    public async Task On_request_it_has_a_test_twin()
    {
        var world = await World.GetAsync();
        var slug = NewSlug();
        var created = (await world.Operator.PostAsync("organizations", new { slug, name = "Hooli", test_twin = true, admin = new { email = "gavin@hooli.test" } })).MustBe(201).Json;

        Assert.Equal(slug + "-test", created.Text("test/organization/slug"));
        Assert.Equal("test", created.Text("test/organization/mode"));
        Assert.Equal(created.Text("organization/id"), created.Text("test/organization/test_of"));
        Assert.StartsWith("hs_test_", created.Text("test/api_key/secret"), StringComparison.Ordinal);
        var twin = new Api(world.Url, created.Text("test/api_key/secret"));
        Assert.Equal(slug + "-test", (await twin.GetAsync("organization")).MustBe(200).Text("slug"));
        // Two organizations like any others.
        var ticket = (await twin.PostAsync("tickets", new { subject = "Hello", requester = new { email = "a@b.test" } })).MustBe(201).Text("id");
        (await new Api(world.Url, created.Text("api_key/secret")).GetAsync($"tickets/{ticket}")).MustRefuse(404, "not_found");
    }

    [Fact]
    public async Task A_slug_belongs_to_one_organization()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var admin = new { email = "a@b.test" };
        (await world.Operator.PostAsync("organizations", new { slug = org.Slug, name = "Again", admin })).MustRefuse(409, "already_exists", "/slug");

        // A twin's too, and then neither is made.
        var slug = NewSlug();
        (await world.Operator.PostAsync("organizations", new { slug = slug + "-test", name = "First", admin })).MustBe(201);
        (await world.Operator.PostAsync("organizations", new { slug, name = "Twins", test_twin = true, admin })).MustRefuse(409, "already_exists", "/slug");
        Assert.Empty((await world.Operator.GetAsync($"organizations?slug={slug}")).Ids());

        var racers = NewSlug();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.Operator.PostAsync("organizations", new { slug = racers, name = "Racer", admin })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "already_exists", "/slug"));
    }

    [Theory]
    [InlineData("Acme")]
    [InlineData("-acme")]
    [InlineData("acme-")]
    [InlineData("ac me")]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_slug_that_is_none_is_refused(string slug)
    {
        var world = await World.GetAsync();
        (await world.Operator.PostAsync("organizations", new { slug, name = "X", admin = new { email = "a@b.test" } })).MustRefuse(422, "validation_failed", "/slug");
    }

    [Fact]
    public async Task A_test_organization_has_no_twin_and_a_long_slug_leaves_it_no_room()
    {
        var world = await World.GetAsync();
        (await world.Operator.PostAsync("organizations", new { slug = NewSlug(), name = "X", mode = "test", test_twin = true, admin = new { email = "a@b.test" } })).MustRefuse(422, "validation_failed", "/test_twin");
        (await world.Operator.PostAsync("organizations", new { slug = NewSlug() + new string('a', 28), name = "X", test_twin = true, admin = new { email = "a@b.test" } })).MustRefuse(422, "validation_failed", "/slug");
    }

    [Fact]
    public async Task The_operator_finds_them_the_newest_first()
    {
        var world = await World.GetAsync();
        var first = await world.FoundAsync();
        var second = await world.FoundAsync();
        Assert.Equal([first.Id], (await world.Operator.GetAsync($"organizations?slug={first.Slug}")).Ids());

        // Others make theirs at the same time.
        var newest = (await world.Operator.AllAsync("organizations")).Select(o => o.Id()).ToList();
        Assert.True(newest.IndexOf(second.Id) >= 0 && newest.IndexOf(second.Id) < newest.IndexOf(first.Id));
        var oldest = (await world.Operator.AllAsync("organizations?sort=created_at")).Select(o => o.Id()).ToList();
        Assert.True(oldest.IndexOf(first.Id) >= 0 && oldest.IndexOf(first.Id) < oldest.IndexOf(second.Id));
    }

    [Fact]
    public async Task The_operator_sets_limits_and_they_hold()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync(new { limits = new { attachment_bytes = 100, storage_bytes = 1000 } });
        var path = $"organizations/{org.Id}";
        var before = (await world.Operator.GetAsync(path)).MustBe(200);
        Assert.Equal("""{"attachment_bytes":100,"storage_bytes":1000}""", before.Json.At("limits").GetRawText());

        var changed = (await world.Operator.PatchAsync(path, new { limits = new { attachment_bytes = 10 } }, ("If-Match", before.ETag!))).MustBe(200);
        Assert.Equal("""{"attachment_bytes":10,"storage_bytes":1000}""", changed.Json.At("limits").GetRawText());
        (await world.Operator.PatchAsync(path, new { limits = new { attachment_bytes = 20 } }, ("If-Match", before.ETag!))).MustRefuse(412, "precondition_failed", "/limits");
        (await org.Api.UploadAsync("eleven char"u8.ToArray(), "a.txt")).MustRefuse(413, "body_too_large");
        (await org.Api.UploadAsync("ten chars."u8.ToArray(), "a.txt")).MustBe(201);
        (await world.Operator.PatchAsync(path, new { limits = new { attachment_bytes = 0 } })).MustRefuse(422, "validation_failed", "/limits/attachment_bytes");
        (await world.Operator.PatchAsync(path, new { name = "Mine" })).MustRefuse(400, "invalid_request", "/name");
    }

    [Fact]
    public async Task A_suspended_organizations_credentials_stop_at_once_and_work_again_once_resumed()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var narrow = await org.WithScopesAsync("tickets.read");
        (await narrow.GetAsync("tickets")).MustBe(200);

        var suspended = (await world.Operator.PostAsync($"organizations/{org.Id}/suspend")).MustBe(200);
        Assert.Equal("suspended", suspended.Text("status"));
        foreach (var api in (Api[])[org.Api, narrow])
        {
            (await api.GetAsync("tickets")).MustRefuse(401, "organization_suspended");
            (await api.PostAsync("tickets", new { subject = "Hello", requester = new { email = "a@b.test" } })).MustRefuse(401, "organization_suspended");
        }
        Assert.Equal(suspended.ETag, (await world.Operator.PostAsync($"organizations/{org.Id}/suspend")).MustBe(200).ETag);

        Assert.Equal("active", (await world.Operator.PostAsync($"organizations/{org.Id}/resume")).MustBe(200).Text("status"));
        (await narrow.GetAsync("tickets")).MustBe(200);
        var events = await org.EventsAsync("events?types=organization.suspended,organization.resumed", atLeast: 2);
        Assert.Equal(["organization.suspended", "organization.resumed"], events.Select(e => e.Text("type")));
        Assert.All(events, e => Assert.Equal("operator", e.Text("actor/kind")));
    }

    [Fact]
    public async Task A_suspended_organizations_files_are_not_served()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var url = new Uri((await org.Api.UploadAsync("Hello."u8.ToArray(), "a.txt")).MustBe(201).Text("download_url")).AbsolutePath;
        (await world.Anonymous.GetAsync(url)).MustBe(200);
        (await world.Operator.PostAsync($"organizations/{org.Id}/suspend")).MustBe(200);
        (await world.Anonymous.GetAsync(url)).MustRefuse(404, "not_found");
    }

    [Fact]
    public async Task An_organization_that_is_not_there_is_404()
    {
        var world = await World.GetAsync();
        const string Path = "organizations/org_01h455vb4pex5vsknk084sn02q";
        (await world.Operator.GetAsync(Path)).MustRefuse(404, "not_found");
        (await world.Operator.PatchAsync(Path, new { limits = new { storage_bytes = 1 } })).MustRefuse(404, "not_found");
        (await world.Operator.PostAsync($"{Path}/suspend")).MustRefuse(404, "not_found");
        (await world.Operator.PostAsync($"{Path}/resume")).MustRefuse(404, "not_found");
        (await world.Operator.GetAsync("organizations/usr_01h455vb4pex5vsknk084sn02q")).MustRefuse(404, "not_found");
    }

    private static string NewSlug() => "o" + Guid.CreateVersion7().ToString("N");
}
