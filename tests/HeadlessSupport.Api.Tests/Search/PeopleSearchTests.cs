namespace HeadlessSupport.Api.Tests.Search;

public sealed class PeopleSearchTests
{
    [Fact]
    public async Task Users_are_found_by_parts_of_their_name_and_address()
    {
        var org = await World.NewOrganizationAsync();
        await UserAsync(org, "Zoë Quill", "zoe@northwind.test");
        await UserAsync(org, "Quentin Zoeller", "q.zoeller@southwind.test");
        await UserAsync(org, "Иван Петров", "ivan@east.test");
        await UserAsync(org, "100% Cotton_Ltd", "cotton@east.test");

        await MustFindAsync(org, "zoë quill", "Zoë Quill");
        await MustFindAsync(org, "QUILL zoe", "Zoë Quill");
        await MustFindAsync(org, "wind", "Quentin Zoeller", "Zoë Quill");
        await MustFindAsync(org, "northwind.test", "Zoë Quill");
        await MustFindAsync(org, "zoe@northwind.test", "Zoë Quill");
        await MustFindAsync(org, "qu*", "Quentin Zoeller", "Zoë Quill");
        await MustFindAsync(org, "qu", "Quentin Zoeller", "Zoë Quill");
        await MustFindAsync(org, "wind -quill", "Quentin Zoeller");
        await MustFindAsync(org, "\"zoe quill\"", "Zoë Quill");
        await MustFindAsync(org, "\"quill zoe\"");
        await MustFindAsync(org, "Петров", "Иван Петров");
        await MustFindAsync(org, "100%", "100% Cotton_Ltd");
        await MustFindAsync(org, "n_l", "100% Cotton_Ltd");
        await MustFindAsync(org, "c%n");
        await MustFindAsync(org, "east -cotton", "Иван Петров");
    }

    [Fact]
    public async Task A_name_that_is_written_wrongly_is_found_and_the_answer_says_so()
    {
        var org = await World.NewOrganizationAsync();
        await UserAsync(org, "Margarethe Schneider", "ms@north.test");
        var page = await org.Api.SearchAsync("margarete schnieder", 1, "users");
        Assert.True(page.GetProperty("search").GetProperty("alike").GetBoolean());
        Assert.False((await org.Api.SearchAsync("margarethe", 1, "users")).GetProperty("search").GetProperty("alike").GetBoolean());
    }

    [Fact]
    public async Task A_user_is_found_at_once_and_by_what_they_are_called_now()
    {
        var org = await World.NewOrganizationAsync();
        var id = await UserAsync(org, "Ottilie", "o@first.test");
        (await org.Api.PatchAsync($"users/{id}", new { email = "o@second.test" })).MustBe(200);
        Assert.Single((await org.Api.GetAsync("users?q=second.test")).MustBe(200).Json.GetProperty("data").EnumerateArray());
        Assert.Empty((await org.Api.GetAsync("users?q=%22first.test%22")).MustBe(200).Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Users_found_are_filtered_sorted_and_paged()
    {
        var org = await World.NewOrganizationAsync();
        for (var i = 0; i < 5; i++)
            await UserAsync(org, $"Walter {i}", $"w{i}@x.test", i == 0 ? "agent" : "customer");
        Assert.Equal(4, (await org.Api.AllAsync("users?q=walter&role=customer", limit: 1)).Select(u => u.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(["Walter 4", "Walter 3"], Names(await org.Api.SearchAsync("walter", 2, "users", "&sort=-created_at&limit=2")));
        Assert.Equal("Walter 3", Names(await org.Api.SearchAsync("walter 3", 1, "users"))[0]);
        (await org.Api.GetAsync("users?sort=relevance")).MustRefuse(400, "invalid_request", "sort");
    }

    [Fact]
    public async Task Companies_are_found_by_name_and_domain()
    {
        var org = await World.NewOrganizationAsync();
        var id = (await org.Api.PostAsync("companies", new { name = "Globex Corporation", domains = new[] { "globex.test", "hank.example" } })).MustBe(201).Text("id");
        (await org.Api.PostAsync("companies", new { name = "Initech" })).MustBe(201);

        foreach (var q in (string[])["globex", "corp", "hank.example", "globex.test corporation", "glob*", "globx", "-initech"])
            Assert.Equal("Globex Corporation", Names(await org.Api.SearchAsync(q, 1, "companies"))[0]);

        (await org.Api.DeleteAsync($"companies/{id}")).MustBe(204);
        await org.Api.SearchAsync("globex", 0, "companies");
        await org.Api.SearchAsync("globex", 1, "companies", "&deleted=true");
        (await org.Api.GetAsync("companies?sort=relevance")).MustRefuse(400, "invalid_request", "sort");
    }

    private static async Task<string> UserAsync(Org org, string name, string email, string role = "customer") =>
        (await org.Api.PostAsync("users", new { name, email, role })).MustBe(201).Text("id");

    private static async Task MustFindAsync(Org org, string q, params string[] names)
    {
        var page = (await org.Api.GetAsync($"users?q={Searching.Query(q)}")).MustBe(200).Json;
        Assert.True(names.SequenceEqual(Names(page).Order(StringComparer.Ordinal)), $"{q} finds {string.Join(", ", Names(page))}");
    }

    private static string[] Names(System.Text.Json.JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(u => u.GetProperty("name").GetString()!)];
}
