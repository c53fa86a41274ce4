using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Mail;
using Microsoft.Extensions.Configuration;

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
        var counts = await CountsAsync(run);
        Assert.Equal(0, await run.StopAsync());
        Assert.False(run.LeftPostgres, "PostgreSQL was left behind.");

        var before = run.Demo.GetRawText();
        run.Start("demo");
        await run.WaitForAsync(Ready);
        Assert.Equal(before, run.Demo.GetRawText());
        Assert.DoesNotContain("Seeding", run.Printed, StringComparison.Ordinal);
        Assert.Equal(counts, await CountsAsync(run));
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
        Assert.Equal(Whole(), await CountsAsync(run));
        Assert.False(File.Exists(Path.Combine(run.Data, "demo.plan.json")), "The plan with its secrets was left behind.");
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
    public async Task Its_mail_can_be_read_in_a_browser_which_runs_nothing_of_it()
    {
        await using var run = new FirstRun();
        run.Start("demo");
        await run.WaitUntilLiveAsync();
        var browser = new Api(run.Url, null);
        Assert.Contains("None was written yet.", Encoding.UTF8.GetString((await browser.GetAsync("/dev/mail")).MustBe(200).Body), StringComparison.Ordinal);

        var folder = new MailFolder(Path.Combine(run.Data, "mail"));
        var letter = new Letter(MailLook.OfTheInstallation, "<script>alert(1)</script>", ["<img src=x onerror=alert(1)>"], new("Accept", "https://acme.test/accept?a=1&b=2"));
        var options = MailOptions.Read(new ConfigurationBuilder().Build(), isDemo: true);
        await folder.WriteAsync(MailMessages.Build(OutgoingMail.Of("x", null, new("ada@acme.test"), letter), Guid.CreateVersion7(), DateTimeOffset.UnixEpoch, options)!, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch, CancellationToken.None);
        await folder.WriteAsync(MailMessages.Build(new("x", null, new("bob@acme.test"), "Only HTML", "", "<b>bold</b>"), Guid.CreateVersion7(), DateTimeOffset.UnixEpoch, options)!, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch, CancellationToken.None);

        var answer = (await browser.GetAsync("/dev/mail")).MustBe(200);
        var page = Encoding.UTF8.GetString(answer.Body);
        Assert.Contains("ada@acme.test", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://acme.test/accept?a=1&amp;b=2\" rel=\"noreferrer\">", page, StringComparison.Ordinal);
        Assert.All(["<script", "<img", "<b>"], markup => Assert.DoesNotContain(markup, page, StringComparison.Ordinal));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Header("Cache-Control"));

        var raw = (await browser.GetAsync("/dev/mail/" + folder.List()[0])).MustBe(200);
        Assert.Equal("message/rfc822", raw.Header("Content-Type"));
        Assert.StartsWith("attachment", raw.Header("Content-Disposition"), StringComparison.Ordinal);
        foreach (var name in (string[])["nothing.eml", "..%2Foperator.key", "%2e%2e%2foperator.key", "operator.key"])
            (await browser.GetAsync("/dev/mail/" + name)).MustBe(404);

        // Its key ring is protected by a file that only its owner can read.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(run.Data, "ring.key")));
        await using var database = await Cluster.OpenAsSuperuserAsync(run.Data);
        await using var keys = new Npgsql.NpgsqlCommand("select count(*) from data_protection_keys where xml like '%<masterKey%'", database);
        Assert.Equal(0L, await keys.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("TERM", "is ready on port")]
    [InlineData("INT", "Migrating")]
    [InlineData("TERM", "Seeding Acme Devices: ticket 11 ")]
    public async Task Whenever_it_is_told_to_stop_it_leaves_no_PostgreSQL_behind(string signal, string moment)
    {
        await using var run = new FirstRun();
        run.Start("demo");
        await run.WaitForAsync(moment);
        var code = await run.StopAsync(signal);
        Assert.False(run.LeftPostgres, "PostgreSQL was left behind.");
        Assert.True(code is 0 or 1, $"It ended with {code}:\n{run.Printed}");
        Assert.DoesNotContain("Unhandled exception", run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_a_sentence()
    {
        await using var run = new FirstRun();
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, run.Url.Port);
        other.Start();
        run.Start("demo");
        await run.WaitForAsync("set PORT to another port");
        Assert.Equal(1, await run.WaitForEndAsync());
        // The host logs the failure too, with its trace; but nothing crashes.
        Assert.DoesNotContain("Unhandled exception", run.Printed, StringComparison.Ordinal);
        Assert.False(run.LeftPostgres, "PostgreSQL was left behind.");
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
        Assert.False(File.Exists(Path.Combine(run.Data, "ring.key")));

        run.Start("production", "seed");
        await run.WaitForAsync("The demo is seeded in the profile demo only");
    }

    // What the stories say: so a seeding that was killed must come to the same as one that was not.
    private static string Whole() => string.Join('\n', HeadlessSupport.Api.Demo.DemoStories.All.Select(s => Line(
        s.Scenes.Count, s.Scenes.Sum(x => x.Lines.Length), s.Scenes.Sum(x => x.Lines.Count(l => l.File is not null)), s.Staff.Count + s.Customers.Count, s.Companies.Count)));

    private static async Task<string> CountsAsync(FirstRun run)
    {
        var counts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var api = run.Api(i);
            var tickets = await api.AllAsync("tickets");
            var comments = 0;
            var files = 0;
            foreach (var ticket in tickets)
            {
                comments += (await api.AllAsync($"tickets/{ticket.Id()}/comments")).Count;
                files += (await api.AllAsync($"tickets/{ticket.Id()}/attachments")).Count;
            }
            counts.Add(Line(tickets.Count, comments, files, (await api.AllAsync("users?is_machine=false")).Count, (await api.AllAsync("companies")).Count));
        }
        return string.Join('\n', counts);
    }

    private static string Line(int tickets, int comments, int files, int users, int companies) =>
        $"{tickets} tickets, {comments} comments, {files} files, {users} users, {companies} companies";

    private static async Task CheckWidgetAsync(FirstRun run, JsonElement organization)
    {
        var jwt = Jwt.Of(organization.Text("widget_secret")!, new { sub = "demo-1", exp = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds() });
        var token = (await new Api(run.Url, null).PostAsync($"widget/{organization.Text("widget_key")}/tokens", new { jwt }, ("Origin", "http://localhost:3000"))).MustBe(201);
        Assert.NotEmpty((await new Api(run.Url, token.Text("token")).GetAsync("tickets", ("Origin", run.Url.GetLeftPart(UriPartial.Authority)))).Items());
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
        Assert.Equal(40, tickets.Select(t => t.Text("subject")).Distinct().Count());
        Assert.True((await api.AllAsync($"tickets/{tickets[20].Id()}/comments")).Count >= 2, "A ticket has no conversation.");
        Assert.Equal(4, (await api.AllAsync("users?is_machine=false&role=admin,manager,agent")).Count);
        Assert.Equal(10, (await api.AllAsync("users?role=customer")).Count);
        var files = new List<JsonElement>();
        foreach (var ticket in tickets)
            files.AddRange(await api.AllAsync($"tickets/{ticket.Id()}/attachments"));
        Assert.True(files.Count >= 3, "There are no attachments.");
        var file = await new Api(run.Url, null).GetAsync(new Uri(files[0].Text("download_url")!).AbsolutePath);
        Assert.Equal(files[0].GetProperty("size").GetInt64(), file.MustBe(200).Body.Length);
        Assert.Equal(["api", "chat"], (await api.GetAsync("inboxes")).Items().Select(i => i.Text("channel")).Order(StringComparer.Ordinal));
        await CheckWidgetAsync(run, run.Demo.GetProperty("organizations")[organization]);
        Assert.Equal("test", (await api.GetAsync("organization")).Json.Text("mode"));
        var users = run.Demo.GetProperty("organizations")[organization].GetProperty("users").EnumerateArray().Select(u => u.Text("role"));
        Assert.Equal(["admin", "manager", "agent", "agent"], users);

        var reader = run.Api(organization, "read_only_api_key");
        (await reader.GetAsync("tickets")).MustBe(200);
        (await reader.PostAsync("tickets", new { subject = "x", requester = new { email = "a@b.test" } })).MustRefuse(403, "forbidden");
    }
}
