namespace HeadlessSupport.Api.Tests.Users;

public sealed class UserListTests
{
    [Fact]
    public async Task Each_filter_finds_what_it_says_and_all_of_them_must_hold()
    {
        var org = await World.NewOrganizationAsync();
        var company = (await org.Api.PostAsync("companies", new { name = "Initech" })).MustBe(201).Text("id");
        var admin = org.AdminId;
        var agent = await CreateAsync(org, new { email = "Agent@Acme.test", role = "agent", company_id = company });
        var manager = await CreateAsync(org, new { role = "manager", external_id = "m-1" });
        var customer = await CreateAsync(org, new { company_id = company });
        (await org.Api.PostAsync($"users/{customer}/deactivate")).MustBe(200);

        await MustFindAsync("role=agent&is_machine=false", agent);
        await MustFindAsync("role=manager,admin", manager, admin);
        await MustFindAsync("role=manager,%20admin", manager, admin);
        await MustFindAsync("role=nobody");
        await MustFindAsync("email=AGENT@acme.TEST", agent);
        await MustFindAsync("email=nonsense");
        await MustFindAsync("external_id=m-1", manager);
        await MustFindAsync("external_id=M-1");
        await MustFindAsync($"company_id={company}", customer, agent);
        await MustFindAsync($"company_id={company}&role=agent", agent);
        await MustFindAsync("status=deactivated", customer);
        await MustFindAsync($"status=active&company_id={company}", agent);
        await MustFindAsync("is_machine=false", customer, manager, agent, admin);
        Assert.Equal(5, (await org.Api.GetAsync("users?include=total")).MustBe(200).Json.Int("total"));
        Assert.Equal(4, (await org.Api.GetAsync("users?include=total&is_machine=false&limit=1")).MustBe(200).Json.Int("total"));
        Assert.False((await org.Api.GetAsync("users")).MustBe(200).Json.TryGetProperty("total", out _));

        async Task MustFindAsync(string query, params string[] ids) => Assert.Equal(ids, (await org.Api.GetAsync($"users?{query}")).Ids());
    }

    [Theory]
    [InlineData("created_at", "0 1 2")]
    [InlineData("-created_at", "2 1 0")]
    [InlineData("updated_at", "1 2 0")]
    [InlineData("-updated_at", "0 2 1")]
    [InlineData(null, "2 1 0")]
    public async Task They_come_in_the_order_asked_for_page_by_page(string? sort, string expected)
    {
        var org = await World.NewOrganizationAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await CreateAsync(org, new { name = $"User {i}" }));
        (await org.Api.PatchAsync($"users/{ids[2]}", new { name = "Changed" })).MustBe(200);
        (await org.Api.PatchAsync($"users/{ids[0]}", new { name = "Changed too" })).MustBe(200);
        var query = "users?role=customer" + (sort is null ? "" : $"&sort={sort}");
        var wanted = expected.Split(' ').Select(i => ids[int.Parse(i)]).ToList();

        Assert.Equal(wanted, (await org.Api.GetAsync(query)).Ids());
        Assert.Equal(wanted, (await org.Api.AllAsync(query, limit: 1)).Select(u => u.Id()));
    }

    [Fact]
    public async Task A_page_says_where_the_next_one_is()
    {
        var org = await World.NewOrganizationAsync();
        for (var i = 0; i < 3; i++)
            await CreateAsync(org, new { name = $"User {i}" });

        var first = (await org.Api.GetAsync("users?role=customer&limit=2")).MustBe(200);
        Assert.True(first.Json.At("has_more").GetBoolean());
        var link = first.Header("Link")!;
        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        var next = new Uri(link[1..link.IndexOf('>', StringComparison.Ordinal)]);
        Assert.Contains($"cursor={first.Text("next_cursor")}", next.Query, StringComparison.Ordinal);

        var second = (await org.Api.GetAsync(next.PathAndQuery)).MustBe(200);
        Assert.Single(second.Ids());
        Assert.False(second.Json.At("has_more").GetBoolean());
        Assert.True(second.Json.IsNull("next_cursor"));
        Assert.Null(second.Header("Link"));
        Assert.Equal(3, first.Ids().Concat(second.Ids()).Distinct().Count());
    }

    private static async Task<string> CreateAsync(Org org, object body) => (await org.Api.PostAsync("users", body)).MustBe(201).Text("id");
}
