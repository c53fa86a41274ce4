using System.Text;
using HeadlessSupport.Api.Platform.Mail;
using Microsoft.Extensions.Logging;

namespace HeadlessSupport.Api.Tests.Platform.Mail;

public sealed class MailSenderTests(Post post) : IClassFixture<Post>, IAsyncLifetime
{
    public Task InitializeAsync() => post.EmptyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_mail_is_sent_once_and_what_it_said_is_forgotten()
    {
        await using var server = await MailServer.StartAsync();
        await post.AddAsync(Invitation("ada@acme.test"));
        var sender = post.Sender(new SmtpTransport(server.Options()));

        Assert.Equal(1, await sender.RoundAsync(CancellationToken.None));
        Assert.Equal(0, await sender.RoundAsync(CancellationToken.None));

        var got = Assert.Single(await server.UntilAsync(1));
        Assert.Equal(("support@acme.test", "ada@acme.test"), (got.From, got.To.Single()));
        var row = Assert.Single(await post.RowsAsync());
        Assert.Equal((1, null, null, null), (row.Attempts, row.Next, row.Error, row.Content));
        Assert.NotNull(row.Sent);
        post.Time.Ahead = TimeSpan.FromHours(25);
        await using var nothing = await RunAsync(sender);
        await Try.UntilAsync(async () => (await post.RowsAsync()).Count == 0 ? "" : null);
    }

    [Fact]
    public async Task While_it_waits_nobody_can_read_whom_it_is_for_or_what_it_says()
    {
        await post.AddAsync(Invitation("ada@acme.test"));
        await post.AddAsync("greeting", new { email = "ada@acme.test" });
        foreach (var row in await post.RowsAsync())
        {
            var content = Encoding.Latin1.GetString(row.Content!);
            Assert.DoesNotContain("ada", content, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("invit", content, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task With_STARTTLS_and_a_password_both_are_used()
    {
        await using var server = await MailServer.StartAsync(wantsUser: true, starttls: true);
        await post.AddAsync(Invitation("ada@acme.test"));
        await post.Sender(new SmtpTransport(server.Options(MailSecurity.Starttls, MailServer.User, MailServer.Password)) { Trust = OfTheTest }).RoundAsync(CancellationToken.None);

        var got = Assert.Single(await server.UntilAsync(1));
        Assert.True(got.Secure);
        Assert.Equal(MailServer.User, got.User);
    }

    [Fact]
    public async Task A_server_that_is_not_what_was_set_gets_neither_password_nor_mail_and_is_tried_again()
    {
        await using var open = await MailServer.StartAsync();
        await using var closed = await MailServer.StartAsync(wantsUser: true, starttls: true);
        foreach (var (transport, error) in ((SmtpTransport, string)[])
        [
            (new(open.Options(MailSecurity.Starttls)), "not supported by the server"),
            // Nobody this machine trusts has signed its certificate.
            (new(closed.Options(MailSecurity.Starttls, MailServer.User, MailServer.Password)), "tls"),
            (new(closed.Options(MailSecurity.Starttls, MailServer.User, "wrong")) { Trust = OfTheTest }, "authentication"),
            (new(closed.Options(MailSecurity.Starttls)) { Trust = OfTheTest }, "authentication"),
            (new(new("127.0.0.1", World.FreePort(), MailSecurity.None, null, null, TimeSpan.FromSeconds(5))), "connection"),
        ])
        {
            await post.EmptyAsync();
            await post.AddAsync(Invitation("ada@acme.test"));
            await post.Sender(transport).RoundAsync(CancellationToken.None);
            var row = Assert.Single(await post.RowsAsync());
            Assert.Equal((error, true), (row.Error, row.Next is not null));
        }
        Assert.Empty(open.Received);
        Assert.Empty(closed.Received);
    }

    [Fact]
    public async Task What_the_server_refuses_for_good_is_given_up_and_no_log_or_row_names_anybody()
    {
        await using var server = await MailServer.StartAsync();
        var log = new Lines();
        foreach (var (to, error) in ((string, string)[])[("refused@acme.test", "smtp 550"), ("full@acme.test", "smtp 552"), ("no address", "address"), ("a@b.test, c@d.test", "address"), ("a@b.test\r\nBcc: c@d.test", "address")])
        {
            await post.EmptyAsync();
            await post.AddAsync(Invitation(to));
            await post.Sender(new SmtpTransport(server.Options()), log).RoundAsync(CancellationToken.None);
            var row = Assert.Single(await post.RowsAsync());
            Assert.Equal((1, null, null, error, null), (row.Attempts, row.Next, row.Sent, row.Error, row.Content));
            Assert.Contains($"was given up after 1 attempts ({error})", log.Text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("@", log.Text, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task What_is_refused_for_now_is_tried_again_for_three_days_and_then_given_up()
    {
        await using var server = await MailServer.StartAsync();
        await post.AddAsync(Invitation("later@acme.test"));
        var sender = post.Sender(new SmtpTransport(server.Options()));
        var waits = new List<TimeSpan>();
        var began = post.Time.GetUtcNow();
        while (true)
        {
            Assert.Equal(1, await sender.RoundAsync(CancellationToken.None));
            Assert.Equal(0, await sender.RoundAsync(CancellationToken.None));
            var row = Assert.Single(await post.RowsAsync());
            Assert.Equal("smtp 451", row.Error);
            if (row.Next is not { } next)
                break;
            waits.Add(TimeSpan.FromMinutes(Math.Round((next - post.Time.GetUtcNow()).TotalMinutes)));
            post.Time.Ahead += next - post.Time.GetUtcNow() + TimeSpan.FromSeconds(1);
        }
        Assert.Equal([1, 5, 15, 60, 120, 240, 480, 480], waits.Take(8).Select(w => w.TotalMinutes));
        Assert.InRange(post.Time.GetUtcNow() - began, TimeSpan.FromDays(2.5), TimeSpan.FromDays(3));
        Assert.Null(Assert.Single(await post.RowsAsync()).Content);
    }

    [Fact]
    public async Task Two_senders_share_the_work_and_send_nothing_twice()
    {
        await using var server = await MailServer.StartAsync();
        for (var i = 0; i < 40; i++)
            await post.AddAsync(Invitation($"user{i}@acme.test"));
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            var sender = post.Sender(new SmtpTransport(server.Options()));
            while (await sender.RoundAsync(CancellationToken.None) > 0)
            {
                // Until nothing is left.
            }
        }));
        await server.UntilAsync(40);
        Assert.Equal(40, server.Received.Select(r => r.To.Single()).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(40, server.Received.Count);
    }

    [Fact]
    public async Task What_a_killed_node_held_is_sent_by_another_with_the_same_Message_ID()
    {
        await using var server = await MailServer.StartAsync();
        await post.AddAsync(Invitation("stall@acme.test"));
        await using (var node = await Node.StartAsync(await World.GetAsync(), [.. post.Database, .. server.Settings, ("Mail__Send", "true")]))
        {
            await server.UntilAsync(1);
            await node.KillAsync();
        }
        await using var healthy = await MailServer.StartAsync();
        var sender = post.Sender(new SmtpTransport(healthy.Options()));
        // It is the dead node's until its lease is over.
        Assert.Equal(0, await sender.RoundAsync(CancellationToken.None));
        post.Time.Ahead = MailQueue.Lease + TimeSpan.FromMinutes(1);
        var sending = sender.RoundAsync(CancellationToken.None);
        var again = Assert.Single(await healthy.UntilAsync(1));
        Assert.Equal(server.Received.Single().Read().MessageId, again.Read().MessageId);
        // This one stalls too: hanging up ends the attempt.
        await healthy.DisposeAsync();
        Assert.Equal(1, await sending);
        Assert.Equal((2, "connection"), ((await post.RowsAsync())[0].Attempts, (await post.RowsAsync())[0].Error));
    }

    [Fact]
    public async Task A_node_sends_what_is_committed_at_once()
    {
        await using var server = await MailServer.StartAsync();
        await using var node = await Node.StartAsync(await World.GetAsync(), [.. post.Database, .. server.Settings, ("Mail__Send", "true")]);
        await post.AddAsync(Invitation("ada@acme.test"));
        Assert.Single(await server.UntilAsync(1));
        await Try.UntilAsync(async () => (await post.RowsAsync())[0].Sent is null ? null : "");
        Assert.Equal(0, await node.StopAsync());
    }

    [Fact]
    public async Task A_composer_writes_when_it_is_sent_or_says_that_there_is_nothing_to_send()
    {
        await using var server = await MailServer.StartAsync();
        await post.AddAsync("greeting", new { email = "ada@acme.test" });
        await post.AddAsync("greeting", new { email = "nobody@acme.test" });
        await post.AddAsync("unheard_of", new { email = "ada@acme.test" });
        await post.Sender(new SmtpTransport(server.Options())).RoundAsync(CancellationToken.None);

        Assert.Equal("The token made just now.", Assert.Single(await server.UntilAsync(1)).Read().TextBody!.Trim());
        var rows = await post.RowsAsync();
        // Nobody can tell from the table which of the two is known.
        Assert.All(rows[..2], r => Assert.Equal((1, null, null, null), (r.Attempts, r.Next, r.Error, r.Content)));
        Assert.Equal(("unexpected", true), (rows[2].Error, rows[2].Next is not null));
    }

    [Fact]
    public async Task A_test_organizations_mail_is_written_to_the_folder_unless_its_receiver_is_on_the_list()
    {
        await using var server = await MailServer.StartAsync();
        var test = Guid.CreateVersion7();
        await post.ExecuteAsync($$"""
            set session_replication_role = replica;
            insert into organizations select (jsonb_populate_record(null::organizations, jsonb_build_object('organization_id', '{{test}}', 'slug', 't{{test:N}}', 'name', 'Acme', 'mode', 'test', 'status', 'active', 'locale', 'en',
                'time_zone', 'UTC', 'clock_offset_seconds', 0, 'settings', '{}'::jsonb, 'branding', '{}'::jsonb, 'security', '{}'::jsonb, 'limits', '{}'::jsonb, 'version', 1, 'created_at', now(), 'updated_at', now()))).*
            """);
        foreach (var to in (string[])["bob@customer.test", "qa@acme.test", "anyone@allowed.test", "anyone@notallowed.test"])
            await post.AddAsync(Invitation(to) with { OrganizationId = new(test) });
        await post.Sender(new SmtpTransport(server.Options()), null, "QA@acme.test", "@allowed.test").RoundAsync(CancellationToken.None);

        await server.UntilAsync(2);
        Assert.Equal(["anyone@allowed.test", "qa@acme.test"], server.Received.Select(r => r.To.Single()).Order(StringComparer.Ordinal));
        var written = Directory.GetFiles(post.Folder).Select(f => MimeKit.MimeMessage.Load(f).To.Mailboxes.Single().Address);
        Assert.Equal(["anyone@notallowed.test", "bob@customer.test"], written.Order(StringComparer.Ordinal));
    }

    // That of smtp-server, which nobody signed.
    private static readonly System.Net.Security.RemoteCertificateValidationCallback OfTheTest = (_, certificate, _, _) => certificate is not null && certificate.Subject == certificate.Issuer;

    private static OutgoingMail Invitation(string to) => new("invitation", null, new(to, "Ada"), "You are invited", "An invitation for you.");

    private static async Task<IAsyncDisposable> RunAsync(MailSender sender)
    {
        await sender.StartAsync(CancellationToken.None);
        return new Stops(sender);
    }

    private sealed class Stops(MailSender sender) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await sender.StopAsync(CancellationToken.None);
    }

    private sealed class Lines : ILogger<MailSender>
    {
        private readonly List<string> lines = [];

        public string Text => string.Join('\n', lines);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add(formatter(state, exception) + exception);
        }
    }
}
