using System.Text.Json;

namespace HeadlessSupport.Api.Tests.Demo;

public sealed class DemoTests
{
    private const string Ready = "HeadlessSupport is ready";

    [Fact]
    public async Task A_first_start_seeds_two_believable_organizations_and_the_next_one_leaves_them_alone()
    {
        await using var run = new FirstRun();
        run.Start("demo");
        await run.WaitForAsync(Ready);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(run.DemoFile));
        Assert.Equal(run.Url.ToString().TrimEnd('/'), run.Demo.Text("url"));
        Assert.Equal(["acme", "globex"], run.Demo.GetProperty("organizations").EnumerateArray().Select(o => o.Text("slug")));
        for (var i = 0; i < 2; i++)
            await CheckAsync(run, i);
        Assert.Equal(0, await run.StopAsync());
        Assert.False(File.Exists(Path.Combine(run.Data, "postgres", "cluster", "postmaster.pid")), "PostgreSQL was left behind.");

        var before = run.Demo.GetRawText();
        run.Start("demo");
        await run.WaitForAsync(Ready);
        Assert.Equal(before, run.Demo.GetRawText());
        Assert.DoesNotContain("Seeding", run.Printed, StringComparison.Ordinal);
        Assert.Equal(40, (await run.Api(0).AllAsync("tickets")).Count);
    }

    [Fact]
    public async Task A_seeding_that_is_killed_is_completed_by_the_next_start()
    {
        await using var run = new FirstRun();
        foreach (var moment in (string[])["Migrating", "Seeding Acme Devices: ticket 1 ", "Seeding Acme Devices: ticket 21", "Seeding Globex Travel: ticket 11"])
        {
            run.Start("demo");
            await run.WaitForAsync(moment);
            await run.KillAsync();
            Assert.False(File.Exists(run.DemoFile));
        }
        run.Start("demo");
        await run.WaitForAsync(Ready);
        for (var i = 0; i < 2; i++)
            await CheckAsync(run, i);
    }

    [Fact]
    public async Task What_it_prints_to_try_works_as_pasted()
    {
        await using var run = new FirstRun();
        run.Start("demo");
        await run.WaitForAsync("Stop with Ctrl-C");
        var command = run.Printed.Split('\n').Single(l => l.Contains("First call", StringComparison.Ordinal)).Replace("First call", "", StringComparison.Ordinal).Trim();
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var answer = JsonSerializer.Deserialize<JsonElement>(await shell.StandardOutput.ReadToEndAsync());
        Assert.Equal(3, answer.GetProperty("data").GetArrayLength());
        Assert.Equal(200, (await new Api(run.Url, null).GetAsync("/docs/index.html")).Status);
        Assert.Equal(2, (await new Api(run.Url, run.Demo.Text("operator_key")).GetAsync("organizations")).Items().Count);
    }

    [Fact]
    public async Task Production_seeds_nothing()
    {
        await using var run = new FirstRun();
        run.Start("production");
        await run.WaitUntilLiveAsync();
        Assert.Equal(0, await run.StopAsync());
        Assert.False(File.Exists(run.DemoFile));
        Assert.False(File.Exists(Path.Combine(run.Data, "operator.key")));

        run.Start("production", "seed");
        await run.WaitForAsync("The demo is seeded in the profile demo only");
    }

    private static async Task CheckAsync(FirstRun run, int organization)
    {
        var api = run.Api(organization);
        var tickets = await api.AllAsync("tickets");
        Assert.Equal(40, tickets.Count);
        Assert.Equal(["closed", "new", "on_hold", "open", "pending", "solved"], tickets.Select(t => t.Text("status")!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(4, tickets.Select(t => t.Text("priority")).Distinct().Count());
        Assert.True(tickets.Select(t => t.Text("created_at")![..10]).Distinct().Count() > 10, "All tickets come from the same days.");
        Assert.All(tickets, t => Assert.True(string.CompareOrdinal(t.Text("updated_at"), DateTimeOffset.UtcNow.ToString("o")) < 0, "A ticket is from the future."));
        Assert.True((await api.AllAsync($"tickets/{tickets[20].Id()}/comments")).Count >= 2, "A ticket has no conversation.");
        Assert.Equal(4, (await api.AllAsync("users?is_machine=false&role=admin,manager,agent")).Count);
        Assert.Equal(10, (await api.AllAsync("users?role=customer")).Count);
        Assert.Single((await api.GetAsync("inboxes")).Items());
        Assert.Equal("test", (await api.GetAsync("organization")).Json.Text("mode"));
        var users = run.Demo.GetProperty("organizations")[organization].GetProperty("users").EnumerateArray().Select(u => u.Text("role"));
        Assert.Equal(["admin", "manager", "agent", "agent"], users);

        var reader = run.Api(organization, "read_only_api_key");
        (await reader.GetAsync("tickets")).MustBe(200);
        (await reader.PostAsync("tickets", new { subject = "x", requester = new { email = "a@b.test" } })).MustRefuse(403, "forbidden");
    }
}
