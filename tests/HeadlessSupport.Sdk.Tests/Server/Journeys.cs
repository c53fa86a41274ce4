using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace HeadlessSupport.Sdk.Tests.Server;

/// <summary>What people do with the API, once for the fake and once for the real one. Each public method is a journey.</summary>
internal static class Journeys
{
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Put = HttpMethod.Put;
    private static readonly HttpMethod Patch = HttpMethod.Patch;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    public static async Task A_ticket_lives_from_its_first_word_to_its_closing(Story s)
    {
        var agent = await AgentAsync(s);
        var t = await s.Hs.Tickets.CreateAsync(new() { Subject = "Printer on fire", Requester = new() { Email = "ada@example.com", Name = "Ada" }, Comment = new() { Body = "It burns" } }, s.Ct);
        Assert.Equal(TicketStatus.New, t.Status);
        t = await s.Hs.Tickets.AssignAsync(t.Id, new() { AssigneeId = agent.Id }, s.Ct);
        Assert.Equal(TicketStatus.Open, t.Status);
        await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Is it still burning?", Author = new() { Id = agent.Id } }, s.Ct);
        t = await s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = TicketStatus.Pending }, s.Ct);
        await s.GetAsync($"tickets/{t.Id}");
        await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "It is", Author = new() { Email = "ADA@example.com" } }, s.Ct);
        Assert.Equal(TicketStatus.Open, (await s.Hs.Tickets.GetAsync(t.Id, s.Ct)).Status);
        await s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = TicketStatus.Solved }, s.Ct);
        await s.GetAsync($"tickets/{t.Id}");
        await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "No", Author = new() { Email = "ada@example.com" } }, s.Ct);
        t = await s.Hs.Tickets.UpdateAsync(t.Id, new() { Status = TicketStatus.Closed, Priority = TicketPriority.High }, s.Ct);
        Assert.Equal(1, t.ReopenCount);
        Assert.NotNull(t.ClosedAt);
        Assert.NotNull(t.FirstResponseAt);
        await s.GetAsync($"tickets/{t.Id}");
        await s.GetAsync($"tickets/{t.Id}/comments");
        await s.EventsAsync(15);
    }

    public static async Task A_ticket_is_made_with_all_that_it_can_have(Story s)
    {
        var agent = await AgentAsync(s);
        var company = await s.Hs.Companies.CreateAsync(new() { Name = "Acme" }, s.Ct);
        var made = await s.CallAsync(Post, "tickets", new
        {
            subject = "All",
            requester = new { external_id = "u-1", email = "Grace@Example.com", name = "Grace" },
            comment = new { body = "Here", body_format = "text", visibility = "public" },
            priority = "urgent",
            type = "incident",
            assignee_id = agent.Id,
            company_id = company.Id,
            language = "pt-BR",
            tags = new[] { "Zebra", "apple", "zebra " },
            external_id = "t-1",
            custom_fields = new { seats = 3, plan = "pro", beta = true, langs = new[] { "de", "en" } },
            metadata = new { order = "4711" },
        });
        Assert.Equal("open", made.GetProperty("status").GetString());
        Assert.Equal(1, made.GetProperty("version").GetInt32());
        await s.GetAsync("tickets/" + made.GetProperty("id").GetString());
        await s.GetAsync($"tickets/{made.GetProperty("id").GetString()}/comments");
        await s.GetAsync("tags");
        await s.EventsAsync(7);
    }

    public static async Task A_merge_patch_changes_what_it_names_and_nothing_else(Story s)
    {
        var t = await TicketAsync(s, new() { Subject = "One", Requester = new() { Email = "a@b.co" }, Priority = TicketPriority.Low, Metadata = new() { ["a"] = "1", ["b"] = "2" }, CustomFields = new() { ["x"] = 1, ["y"] = "z" } });
        t = await s.Hs.Tickets.UpdateAsync(t.Id, new() { Subject = "Two", Metadata = new() { ["a"] = "9", ["c"] = "3" }, CustomFields = new() { ["x"] = null } }, s.Ct);
        Assert.Equal("Two", t.Subject);
        Assert.Equal(TicketPriority.Low, t.Priority);
        Assert.Equal("2", t.Metadata["b"]);
        Assert.Equal(2, t.Version);
        await s.GetAsync($"tickets/{t.Id}");
        await s.EventsAsync(3);
    }

    public static async Task Null_clears_a_member(Story s)
    {
        var agent = await AgentAsync(s);
        var t = await TicketAsync(s, new() { Subject = "One", Requester = new() { Email = "a@b.co" }, AssigneeId = agent.Id, Language = "de", ExternalId = "x", Type = TicketType.Problem, Tags = ["a"], Metadata = new() { ["a"] = "1" } });
        t = await s.Hs.Tickets.UpdateAsync(t.Id, new() { AssigneeId = null, Language = null, ExternalId = null, Type = null }, s.Ct);
        Assert.Null(t.AssigneeId);
        Assert.Null(t.Type);
        await s.CallAsync(Patch, $"tickets/{t.Id}", new { tags = (object?)null, metadata = (object?)null });
        await s.RefusedAsync<ValidationException>(Patch, $"tickets/{t.Id}", new { status = (object?)null, priority = (object?)null });
        await s.RefusedAsync<ValidationException>(Patch, $"tickets/{t.Id}", new { subject = (object?)null });
        var user = await s.Hs.Users.CreateAsync(new() { Name = "Bo", Email = "bo@example.com", Role = "agent", Locale = "de" }, s.Ct);
        await s.CallAsync(Patch, $"users/{user.Id}", new { name = (object?)null, locale = (object?)null, role = (object?)null });
    }

    public static async Task What_changes_nothing_makes_no_version_and_no_event(Story s)
    {
        var t = await TicketAsync(s);
        var same = await s.Hs.Tickets.UpdateAsync(t.Id, new() { Subject = t.Subject, Tags = [] }, s.Ct);
        same = await s.Hs.Tickets.AssignAsync(same.Id, new() { AssigneeId = null }, s.Ct);
        same = await s.Hs.Tickets.RestoreAsync(same.Id, s.Ct);
        same = await s.Hs.Tickets.SetStatusAsync(same.Id, new() { Status = TicketStatus.New }, s.Ct);
        Assert.Equal(1, same.Version);
        await s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = TicketStatus.Open }, s.Ct);
        await s.EventsAsync(3);
    }

    public static async Task A_stale_If_Match_is_refused_and_says_what_changed(Story s)
    {
        var t = await TicketAsync(s);
        await s.Hs.Tickets.UpdateAsync(t.Id, new() { Subject = "Two" }, s.Ct);
        await s.Hs.Tickets.AddTagsAsync(t.Id, new() { Tags = ["x"] }, s.Ct);
        await s.EventsAsync(5);
        var refusal = await s.RefusedAsync<PreconditionFailedException>(() => s.Hs.Tickets.UpdateAsync(t.Id, new() { Subject = "Three" }, new RequestOptions { IfMatch = t.ETag }, s.Ct));
        Assert.Equal("precondition_failed", refusal.Code);
        await s.RefusedAsync<PreconditionFailedException>(() => s.Hs.Tickets.UpdateAsync(t.Id, new() { Priority = TicketPriority.Low }, new RequestOptions { IfMatch = t.ETag }, s.Ct));
        await s.RefusedAsync<PreconditionFailedException>(() => s.Hs.Tickets.DeleteAsync(t.Id, new RequestOptions { IfMatch = "\"2\"" }, s.Ct));
        await s.RefusedAsync<BadRequestException>(() => s.Hs.Tickets.DeleteAsync(t.Id, new RequestOptions { IfMatch = "3" }, s.Ct));
        await s.Hs.Tickets.UpdateAsync(t.Id, new() { Subject = "Three" }, new RequestOptions { IfMatch = "\"3\"" }, s.Ct);
        await s.Hs.Tickets.UpdateAsync(t.Id, new() { Subject = "Four" }, new RequestOptions { IfMatch = "*" }, s.Ct);
        await s.GetAsync($"tickets/{t.Id}");
    }

    public static async Task An_idempotency_key_does_a_thing_once(Story s)
    {
        CreateTicketRequest request = new() { Subject = "Once", Requester = new() { Email = "a@b.co" } };
        var once = new RequestOptions { IdempotencyKey = "job-1" };
        var first = await s.Hs.WithRawResponseAsync(h => h.Tickets.CreateAsync(request, once, s.Ct));
        var again = await s.Hs.WithRawResponseAsync(h => h.Tickets.CreateAsync(request, once, s.Ct));
        Assert.Equal(first.Value.Id, again.Value.Id);
        Assert.Equal(first.ETag, again.ETag);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.CreateAsync(request with { Subject = "Twice" }, once, s.Ct));
        Assert.Single(await s.Hs.Tickets.ListAsync().ToListAsync(s.Ct));
    }

    public static async Task A_refusal_is_replayed_too(Story s)
    {
        var once = new RequestOptions { IdempotencyKey = "job-1" };
        CreateTagRequest request = new() { Name = "x" };
        var tag = await s.Hs.Tags.CreateAsync(request, s.Ct);
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tags.CreateAsync(request, once, s.Ct));
        await s.Hs.Tags.DeleteAsync(tag.Id, s.Ct);
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tags.CreateAsync(request, once, s.Ct));
        await s.Hs.Tags.CreateAsync(request, s.Ct);
    }

    public static async Task A_list_is_walked_by_its_cursors(Story s)
    {
        for (var i = 1; i <= 5; i++)
            await TicketAsync(s, new() { Subject = "T" + i, Requester = new() { Email = "a@b.co" } });
        var pages = await s.Hs.Tickets.ListAsync(new() { PageSize = 2, IncludeTotal = true }, s.Ct).AsPages().ToListAsync(s.Ct);
        Assert.Equal([2, 2, 1], pages.Select(p => p.Items.Count));
        Assert.Equal(["T5", "T4", "T3", "T2", "T1"], pages.SelectMany(p => p.Items).Select(t => t.Subject));
        Assert.Equal([5, 5, 5], pages.Select(p => p.Total));
        var rest = await s.Hs.Tickets.ListAsync(null, s.Ct).AsPages(pages[0].NextCursor, 100).ToListAsync(s.Ct);
        Assert.Equal(["T3", "T2", "T1"], Assert.Single(rest).Items.Select(t => t.Subject));
        await s.GetAsync("tickets?limit=2&sort=created_at&include=total");
        await s.GetAsync("tickets?limit=100");
    }

    public static async Task Lists_are_filtered(Story s)
    {
        var agent = await AgentAsync(s);
        var company = await s.Hs.Companies.CreateAsync(new() { Name = "Acme" }, s.Ct);
        var a = await TicketAsync(s, new() { Subject = "A", Requester = new() { Email = "a@b.co" }, Priority = TicketPriority.High, AssigneeId = agent.Id, ExternalId = "x-1", Type = TicketType.Task });
        var b = await TicketAsync(s, new() { Subject = "B", Requester = new() { Email = "b@b.co" }, CompanyId = company.Id, Tags = ["Red"] });
        var c = await TicketAsync(s, new() { Subject = "C", Requester = new() { Email = "a@b.co" } });
        await s.Hs.Tickets.DeleteAsync(c.Id, s.Ct);
        foreach (var query in (string[])["status=new", "status=open,new", "priority=high,urgent", "type=task", "assignee=none", $"assignee={agent.Id}", "assignee=me", "team=none", $"requester={a.Requester.Id}",
            $"company={company.Id}", "tag=RED", "tag=blue", "external_id=x-1", $"number={b.Number}", "deleted=true", "created_after=2020-01-01", "created_before=2020-01-01T00:00:00Z", "updated_after=2020-01-01T00:00:00%2B02:00"])
        {
            await s.GetAsync("tickets?" + query);
        }
        Assert.Equal("B", Assert.Single(await s.Hs.Tickets.ListAsync(new() { Tag = "red" }).ToListAsync(s.Ct)).Subject);
        Assert.Equal("C", Assert.Single(await s.Hs.Tickets.ListAsync(new() { Deleted = true }).ToListAsync(s.Ct)).Subject);
    }

    public static async Task Lists_are_sorted(Story s)
    {
        var low = await TicketAsync(s, new() { Subject = "Low", Requester = new() { Email = "a@b.co" }, Priority = TicketPriority.Low });
        await TicketAsync(s, new() { Subject = "Urgent", Requester = new() { Email = "a@b.co" }, Priority = TicketPriority.Urgent });
        await TicketAsync(s, new() { Subject = "Normal", Requester = new() { Email = "a@b.co" } });
        await s.Hs.Tickets.AddTagsAsync(low.Id, new() { Tags = ["x"] }, s.Ct);
        foreach (var sort in (string[])["created_at", "-created_at", "updated_at", "-updated_at", "priority", "-priority"])
            s.Note(sort, string.Join(", ", (await s.Hs.Tickets.ListAsync(new() { Sort = sort, PageSize = 2 }).ToListAsync(s.Ct)).Select(t => t.Subject)));
        Assert.Equal("Urgent", (await s.Hs.Tickets.ListAsync(new() { Sort = "-priority" }).ToListAsync(s.Ct))[0].Subject);
    }

    public static async Task A_requester_is_found_again_by_email(Story s)
    {
        var first = await TicketAsync(s, new() { Subject = "One", Requester = new() { Email = "Ada@Example.com", Name = "Ada" } });
        var second = await TicketAsync(s, new() { Subject = "Two", Requester = new() { Email = " ada@example.com", Name = "Somebody else" } });
        Assert.Equal(first.Requester.Id, second.Requester.Id);
        Assert.Equal("Ada", second.Requester.Name);
        await s.GetAsync($"users/{first.Requester.Id}");
        await s.GetAsync("users?role=customer&include=total");
    }

    public static async Task A_requester_is_found_again_by_external_id_before_email(Story s)
    {
        var first = await TicketAsync(s, new() { Subject = "One", Requester = new() { ExternalId = "u-1" } });
        var other = await TicketAsync(s, new() { Subject = "Two", Requester = new() { Email = "other@example.com" } });
        var second = await TicketAsync(s, new() { Subject = "Three", Requester = new() { ExternalId = "u-1", Email = "other@example.com" } });
        Assert.Equal(first.Requester.Id, second.Requester.Id);
        Assert.NotEqual(other.Requester.Id, second.Requester.Id);
        var byId = await TicketAsync(s, new() { Subject = "Four", Requester = new() { Id = other.Requester.Id } });
        Assert.Equal(other.Requester.Id, byId.Requester.Id);
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.CreateAsync(new() { Subject = "Five", Requester = new() { Id = Unknown("usr") } }, s.Ct));
        await s.GetAsync("users?role=customer");
    }

    public static async Task Notes_are_of_staff_and_move_nothing(Story s)
    {
        var t = await TicketAsync(s);
        var note = await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Careful", Visibility = CommentVisibility.Internal }, s.Ct);
        Assert.Equal(AuthorKind.Agent, note.AuthorKind);
        await s.GetAsync($"tickets/{t.Id}");
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Hm", Visibility = CommentVisibility.Internal, Author = new() { Email = "a@b.co" } }, s.Ct));
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Hm", InReplyTo = note.Id }, s.Ct));
        await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Yes", Visibility = CommentVisibility.Internal, InReplyTo = note.Id }, s.Ct);
        await s.GetAsync($"tickets/{t.Id}/comments?visibility=internal");
        await s.GetAsync($"tickets/{t.Id}/comments?visibility=public");
        await s.EventsAsync(4);
    }

    public static async Task A_customers_words_open_what_rests(Story s)
    {
        foreach (var status in (TicketStatus[])[TicketStatus.Pending, TicketStatus.OnHold, TicketStatus.Solved])
        {
            var t = await TicketAsync(s);
            await s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = status }, s.Ct);
            await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Hello?", Author = new() { Email = "a@b.co" } }, s.Ct);
            t = await s.Hs.Tickets.GetAsync(t.Id, s.Ct);
            Assert.Equal(TicketStatus.Open, t.Status);
            Assert.Equal(status == TicketStatus.Solved ? 1 : 0, t.ReopenCount);
            await s.GetAsync($"tickets/{t.Id}");
        }
    }

    public static async Task A_closed_ticket_takes_notes_only(Story s)
    {
        var t = await TicketAsync(s);
        await s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = TicketStatus.Closed }, s.Ct);
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Hello?", Author = new() { Email = "new@b.co" } }, s.Ct));
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Hello" }, s.Ct));
        await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Noted", Visibility = CommentVisibility.Internal }, s.Ct);
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = TicketStatus.Solved }, s.Ct));
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tickets.UpdateAsync(t.Id, new() { Status = TicketStatus.Pending, Subject = "Other" }, s.Ct));
        await s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = TicketStatus.Open }, s.Ct);
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tickets.SetStatusAsync(t.Id, new() { Status = TicketStatus.New }, s.Ct));
        await s.GetAsync($"tickets/{t.Id}");
        // Nobody was made for what was refused.
        await s.GetAsync("users?role=customer");
        await s.EventsAsync(5);
    }

    public static async Task Staffs_first_answer_opens_and_is_remembered(Story s)
    {
        var t = await TicketAsync(s);
        var reply = await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "We look at it" }, s.Ct);
        await s.GetAsync($"tickets/{t.Id}/comments/{reply.Id}");
        t = await s.Hs.Tickets.GetAsync(t.Id, s.Ct);
        Assert.Equal(TicketStatus.Open, t.Status);
        Assert.NotNull(t.FirstResponseAt);
        await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Still" }, s.Ct);
        Assert.Equal(t.FirstResponseAt, (await s.Hs.Tickets.GetAsync(t.Id, s.Ct)).FirstResponseAt);
        await s.EventsAsync(5);
    }

    public static async Task Tags_are_made_on_use_and_renamed_and_removed_everywhere(Story s)
    {
        var t = await TicketAsync(s, new() { Subject = "T", Requester = new() { Email = "a@b.co" }, Tags = ["b"] });
        t = await s.Hs.Tickets.AddTagsAsync(t.Id, new() { Tags = ["C", "a", "b"] }, s.Ct);
        Assert.Equal(["a", "b", "c"], t.Tags);
        t = await s.Hs.Tickets.RemoveTagAsync(t.Id, "B", s.Ct);
        await s.RefusedAsync<NotFoundException>(() => s.Hs.Tickets.RemoveTagAsync(t.Id, "b", s.Ct));
        t = await s.Hs.Tickets.UpdateAsync(t.Id, new() { Tags = ["a", "d"] }, s.Ct);
        var tags = await s.Hs.Tags.ListAsync().ToListAsync(s.Ct);
        await s.CallAsync(Patch, $"tags/{tags[0].Id}", new { name = "Zed", color = "#1a73e8" });
        await s.GetAsync($"tickets/{t.Id}");
        await s.Hs.Tags.DeleteAsync(tags[3].Id, s.Ct);
        await s.GetAsync($"tickets/{t.Id}");
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tags.CreateAsync(new() { Name = "zed" }, s.Ct));
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tags.CreateAsync(new() { Name = "a,b", Color = "red" }, s.Ct));
        await s.GetAsync("tags");
        await s.EventsAsync(11);
    }

    public static async Task What_is_not_valid_is_named_by_its_pointer(Story s)
    {
        var t = await TicketAsync(s);
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = " " });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x" });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = new string('x', 301), requester = new { email = "no" }, language = "?", tags = new[] { "a,b" }, external_id = "" });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { name = "Ada" } });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { email = "a@b.co" }, comment = new { body = "", visibility = "public" } });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { email = "a@b.co" }, priority = "huge" });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { email = "a@b.co" }, assignee_id = "someone" });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { email = "a@b.co" }, assignee_id = Unknown("usr") });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { email = "a@b.co" }, company_id = Unknown("com") });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { email = "a@b.co" }, custom_fields = new { a = new { b = 1 } } });
        await s.RefusedAsync<ValidationException>(Post, "tickets", new { subject = "x", requester = new { email = "a@b.co" }, metadata = new { a = new string('x', 501) } });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{t.Id}/comments", new { body_format = "html" });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{t.Id}/comments", new { body = "x", attachment_ids = new[] { Unknown("att") } });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{t.Id}/tags", new { tags = Array.Empty<string>() });
        await s.RefusedAsync<ValidationException>(Put, $"tickets/{t.Id}/status", new { });
        await s.RefusedAsync<ValidationException>(Put, $"tickets/{t.Id}/assignment", new { team_id = (object?)null });
        await s.RefusedAsync<ValidationException>(Patch, $"tickets/{t.Id}", new { subject = "", status = "new", language = "x" });
        await s.RefusedAsync<ValidationException>(Post, "users", new { email = "a", locale = "", time_zone = "Mars", role = "king" });
        await s.RefusedAsync<ValidationException>(Post, "users", new { role = "king" });
        await s.RefusedAsync<ValidationException>(Post, "companies", new { domains = new[] { "not a domain" }, tier = " " });
        await s.GetAsync("users?role=customer");
    }

    public static async Task What_cannot_be_read_is_refused(Story s)
    {
        var t = await TicketAsync(s);
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", colour = "red" });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", requester = new { mail = "a@b.co" } });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = 1 });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", tags = "a" });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", tags = new object[] { "a", 1 } });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", priority = 1 });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", metadata = new { a = 1 } });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", assignee_id = 1 });
        await s.RefusedAsync<BadRequestException>(Post, "tickets", new { subject = "x", custom_fields = "a" });
        await s.RefusedAsync<BadRequestException>(Patch, $"tickets/{t.Id}", new { number = 3 });
        await s.RefusedAsync<BadRequestException>(Patch, $"tickets/{t.Id}", new[] { 1 });
        Assert.Equal("unsupported_media_type", (await s.RefusedAsync<HeadlessSupportException>(Post, "tickets")).Code);
    }

    public static async Task What_is_not_there_is_not_found(Story s)
    {
        var t = await TicketAsync(s);
        foreach (var path in (string[])[$"tickets/{Unknown("tkt")}", "tickets/x", $"tickets/{Unknown("usr")}", $"tickets/{Unknown("tkt")}/comments", $"tickets/{t.Id}/comments/{Unknown("cmt")}", $"users/{Unknown("usr")}", $"companies/{Unknown("com")}", $"tags/{Unknown("tag")}", $"attachments/{Unknown("att")}", "files/nothing"])
            await s.RefusedAsync<NotFoundException>(Get, path);
        await s.RefusedAsync<NotFoundException>(Patch, $"tickets/{Unknown("tkt")}", new { subject = "" });
        await s.RefusedAsync<NotFoundException>(Delete, $"companies/{Unknown("com")}");
        await s.RefusedAsync<NotFoundException>(Put, $"tickets/{t.Id}/followers/{Unknown("usr")}");
        await s.RefusedAsync<HeadlessSupportException>(Put, $"tickets/{t.Id}", new { subject = "x" });
    }

    public static async Task What_a_list_cannot_be_asked_is_refused(Story s)
    {
        await TicketAsync(s);
        await TicketAsync(s);
        var cursor = (await s.GetAsync("tickets?limit=1")).GetProperty("next_cursor").GetString()!;
        foreach (var query in (string[])["cursor=nonsense", $"cursor={cursor}&status=open", $"cursor={cursor}&sort=priority", "limit=0", "limit=101", "limit=x", "sort=subject", "sort=relevance", "status=lost", "priority=huge,low", "type=x", "assignee=x", "requester=x",
            "colour=red", "include=everything", "created_after=yesterday"])
        {
            await s.RefusedAsync<BadRequestException>(Get, "tickets?" + query);
        }
        await s.RefusedAsync<BadRequestException>(Get, $"users?cursor={cursor}");
        await s.RefusedAsync<BadRequestException>(Get, "users?sort=name");
        await s.RefusedAsync<BadRequestException>(Get, "users?status=asleep");
        await s.RefusedAsync<BadRequestException>(Get, "companies?sort=tier");
        await s.RefusedAsync<BadRequestException>(Get, "tags?q=x");
        await s.RefusedAsync<BadRequestException>(Get, "events?types=,");
        await s.GetAsync($"tickets?cursor={cursor}&limit=5");
    }

    public static async Task A_file_goes_up_is_named_once_and_comes_down(Story s)
    {
        var t = await TicketAsync(s);
        using var content = new MemoryStream("a,b\n1,2\n"u8.ToArray());
        var file = await s.Hs.Attachments.UploadAsync("Löwe 1.csv", content, "text/csv", cancellationToken: s.Ct);
        Assert.Equal("text/csv", file.ContentType);
        Assert.Equal(8, file.Size);
        await s.GetAsync($"attachments/{file.Id}");
        var comment = await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "See", AttachmentIds = [file.Id] }, s.Ct);
        Assert.NotNull(Assert.Single(comment.Attachments).DownloadUrl);
        await s.GetAsync($"tickets/{t.Id}/comments");
        await s.GetAsync($"tickets/{t.Id}/attachments?include=total");
        await s.GetAsync($"attachments/{file.Id}");
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Again", AttachmentIds = [file.Id, Unknown("att")] }, s.Ct));
        await using (var down = await s.Hs.Attachments.DownloadAsync(file.Id, s.Ct))
        using (var reader = new StreamReader(down))
            Assert.Equal("a,b\n1,2\n", await reader.ReadToEndAsync(s.Ct));
        await s.EventsAsync(5);
    }

    public static async Task A_file_that_may_not_be_attached_is_refused(Story s)
    {
        await s.RefusedAsync<ValidationException>(() => s.Hs.Attachments.UploadAsync("a.txt", new MemoryStream(), "text/plain", cancellationToken: s.Ct));
        await s.RefusedAsync<ValidationException>(() => s.Hs.Attachments.UploadAsync("a.exe", new MemoryStream("MZ"u8.ToArray()), cancellationToken: s.Ct));
        await s.RefusedAsync<ValidationException>(() => s.Hs.Attachments.UploadAsync("a.bin", new MemoryStream([1, 0, 2, 0]), cancellationToken: s.Ct));
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
        var once = new RequestOptions { IdempotencyKey = "upload-1" };
        var first = await s.Hs.Attachments.UploadAsync("folder/a", new MemoryStream(png), "text/plain", null, once, s.Ct);
        var again = await s.Hs.Attachments.UploadAsync("folder/a", new MemoryStream(png), "text/plain", null, once, s.Ct);
        Assert.Equal(first.Id, again.Id);
        await s.RefusedAsync<ValidationException>(() => s.Hs.Attachments.UploadAsync("b", new MemoryStream(png), "text/plain", null, once, s.Ct));
        await s.GetAsync($"attachments/{first.Id}");
    }

    public static async Task Users_are_made_changed_and_taken_out_of_service(Story s)
    {
        var made = await s.CallAsync(Post, "users", new { name = "Grace", email = "Grace@Example.com", role = "agent", locale = "en", time_zone = "Europe/Berlin", external_id = "u-1", custom_fields = new { a = 1 }, metadata = new { b = "2" } });
        var id = made.GetProperty("id").GetString()!;
        await s.CallAsync(Patch, $"users/{id}", new { name = "Grace Hopper", metadata = new { b = (string?)null, c = "3" } });
        await s.RefusedAsync<ConflictException>(Post, "users", new { email = "grace@example.com" });
        await s.RefusedAsync<ConflictException>(Post, "users", new { external_id = "u-1" });
        await s.RefusedAsync<PreconditionFailedException>(() => s.Hs.Users.UpdateAsync(id, new() { Name = "G" }, new RequestOptions { IfMatch = "\"1\"" }, s.Ct));
        await s.CallAsync(Post, $"users/{id}/deactivate");
        await s.CallAsync(Post, $"users/{id}/deactivate");
        var t = await TicketAsync(s);
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.AssignAsync(t.Id, new() { AssigneeId = id }, s.Ct));
        await s.GetAsync("users?status=deactivated");
        await s.CallAsync(Post, $"users/{id}/activate");
        await s.Hs.Tickets.AssignAsync(t.Id, new() { AssigneeId = id }, s.Ct);
        await s.GetAsync("users?email=GRACE@example.com");
        await s.GetAsync("users?external_id=u-1&role=agent,admin&is_machine=false");
        await s.EventsAsync(8);
    }

    public static async Task Users_and_companies_are_put_by_your_own_id(Story s)
    {
        var company = await s.CallAsync(Put, "companies/by-external-id/c%2F1", new { name = "Acme", domains = new[] { "Acme.com", "acme.com" }, tier = "gold" });
        Assert.Equal("c/1", company.GetProperty("external_id").GetString());
        await s.CallAsync(Put, "companies/by-external-id/c%2F1", new { name = "Acme 2" });
        await s.CallAsync(Put, "companies/by-external-id/c%2F1", new { name = "Acme 2" });
        var companyId = company.GetProperty("id").GetString();
        await s.CallAsync(Put, "users/by-external-id/u-1", new { name = "Ada", email = "ada@acme.com", company_id = companyId });
        await s.CallAsync(Put, "users/by-external-id/u-1", new { name = "Ada L", external_id = "u-1" });
        await s.RefusedAsync<ValidationException>(Put, "users/by-external-id/u-1", new { external_id = "u-2" });
        await s.RefusedAsync<ValidationException>(Put, "users/by-external-id/u-1", new { company_id = Unknown("com") });
        await s.GetAsync("users?external_id=u-1");
        await s.EventsAsync(4);
    }

    public static async Task A_company_is_deleted_and_restored(Story s)
    {
        var c = await s.Hs.Companies.CreateAsync(new() { Name = "Acme", ExternalId = "c-1" }, s.Ct);
        await s.RefusedAsync<ConflictException>(() => s.Hs.Companies.CreateAsync(new() { Name = "Acme", ExternalId = "c-1" }, s.Ct));
        await s.Hs.Companies.DeleteAsync(c.Id, s.Ct);
        await s.GetAsync($"companies/{c.Id}");
        await s.RefusedAsync<NotFoundException>(() => s.Hs.Companies.UpdateAsync(c.Id, new() { Name = "x" }, s.Ct));
        await s.RefusedAsync<ValidationException>(() => s.Hs.Users.CreateAsync(new() { Name = "Bo", CompanyId = c.Id }, s.Ct));
        var other = await s.Hs.Companies.CreateAsync(new() { Name = "Other", ExternalId = "c-1" }, s.Ct);
        await s.RefusedAsync<ConflictException>(() => s.Hs.Companies.RestoreAsync(c.Id, s.Ct));
        await s.Hs.Companies.UpdateAsync(other.Id, new() { ExternalId = null }, s.Ct);
        await s.Hs.Companies.RestoreAsync(c.Id, s.Ct);
        await s.GetAsync("companies?sort=name");
        await s.GetAsync("companies?deleted=true");
        await s.EventsAsync(5);
    }

    public static async Task A_ticket_concerns_its_requesters_company(Story s)
    {
        var company = await s.Hs.Companies.CreateAsync(new() { Name = "Acme" }, s.Ct);
        await s.Hs.Users.CreateAsync(new() { Email = "a@b.co", CompanyId = company.Id }, s.Ct);
        var t = await TicketAsync(s);
        Assert.Equal(company.Id, t.CompanyId);
        t = await s.Hs.Tickets.UpdateAsync(t.Id, new() { CompanyId = null }, s.Ct);
        Assert.Null(t.CompanyId);
        await s.EventsAsync(4);
    }

    public static async Task A_ticket_is_deleted_and_restored(Story s)
    {
        var t = await TicketAsync(s, new() { Subject = "T", Requester = new() { Email = "a@b.co" }, ExternalId = "x" });
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tickets.CreateAsync(new() { Subject = "T", Requester = new() { Email = "new@b.co" }, ExternalId = "x" }, s.Ct));
        await s.Hs.Tickets.DeleteAsync(t.Id, s.Ct);
        await s.RefusedAsync<NotFoundException>(() => s.Hs.Tickets.GetAsync(t.Id, s.Ct));
        await s.RefusedAsync<NotFoundException>(() => s.Hs.Tickets.DeleteAsync(t.Id, s.Ct));
        await s.RefusedAsync<NotFoundException>(() => s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "x" }, s.Ct));
        await s.GetAsync("tickets?deleted=true");
        var other = await TicketAsync(s, new() { Subject = "O", Requester = new() { Email = "a@b.co" }, ExternalId = "x" });
        await s.RefusedAsync<ConflictException>(() => s.Hs.Tickets.RestoreAsync(t.Id, s.Ct));
        await s.Hs.Tickets.DeleteAsync(other.Id, s.Ct);
        var restored = await s.Hs.Tickets.RestoreAsync(t.Id, s.Ct);
        Assert.Equal(3, restored.Version);
        await s.GetAsync($"tickets/{t.Id}");
        await s.EventsAsync(6);
    }

    public static async Task A_ticket_is_given_to_staff_only(Story s)
    {
        var agent = await AgentAsync(s);
        var t = await TicketAsync(s);
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.AssignAsync(t.Id, new() { AssigneeId = t.Requester.Id }, s.Ct));
        await s.CallAsync(Put, $"tickets/{t.Id}/assignment", new { assignee_id = agent.Id });
        await s.CallAsync(Put, $"tickets/{t.Id}/assignment", new { assignee_id = (string?)null });
        await s.CallAsync(Patch, $"tickets/{t.Id}", new { assignee_id = agent.Id, status = "pending", subject = "S", tags = new[] { "x" } });
        await s.EventsAsync(11);
    }

    public static async Task Events_are_read_by_type_and_page_and_ticket(Story s)
    {
        var a = await TicketAsync(s);
        var b = await TicketAsync(s, new() { Subject = "B", Requester = new() { Email = "b@b.co" }, Comment = new() { Body = "Hello" } });
        await s.Hs.Tickets.AddTagsAsync(a.Id, new() { Tags = ["x"] }, s.Ct);
        await s.EventsAsync(7);
        var made = await s.Hs.Events.ListAsync(new() { After = s.Start, Types = ["ticket.created"], PageSize = 1, IncludeTotal = true }).AsPages().ToListAsync(s.Ct);
        Assert.Equal([a.Id, b.Id], made.SelectMany(p => p.Items).OfType<TicketCreated>().Select(e => e.Data.Id));
        s.Note("Of tickets", string.Join(", ", (await s.Hs.Events.ListAsync(new() { After = s.Start, Types = ["ticket.*", "tag.created"], PageSize = 2 }).ToListAsync(s.Ct)).Select(e => e.Type)));
        s.Note("Of one", string.Join(", ", (await s.Hs.Tickets.ListEventsAsync(a.Id).ToListAsync(s.Ct)).Select(e => e.Type)));
        s.Note("Of the other", string.Join(", ", (await s.Hs.Tickets.ListEventsAsync(b.Id).ToListAsync(s.Ct)).Select(e => e.Type)));
    }

    public static async Task A_stream_begins_where_one_was_and_goes_on(Story s)
    {
        var a = await TicketAsync(s);
        await s.EventsAsync(2);
        var seen = new List<string>();
        await foreach (var e in s.Hs.Events.StreamAsync(s.Start + 1, ["ticket.*"], s.Ct))
        {
            seen.Add($"{e.Type} {e.Sequence - s.Start}");
            if (e is TicketCreated)
                await s.Hs.Tickets.Comments.CreateAsync(a.Id, new() { Body = "While it is open" }, s.Ct);
            if (e is TicketReplied { Data.Text: "While it is open" })
                await s.Hs.Tickets.SetStatusAsync(a.Id, new() { Status = TicketStatus.Solved }, s.Ct);
            if (e is TicketStatusChanged { Data.Status.Value: "solved" })
                break;
        }
        s.Note("Seen", string.Join(", ", seen));
        Assert.Equal(4, seen.Count);
    }

    public static async Task A_ticket_is_followed(Story s)
    {
        var agent = await AgentAsync(s);
        var t = await TicketAsync(s);
        await s.CallAsync(Put, $"tickets/{t.Id}/followers/{agent.Id}");
        await s.CallAsync(Put, $"tickets/{t.Id}/followers/{agent.Id}");
        await s.GetAsync($"tickets/{t.Id}/followers?include=total");
        await s.Hs.Tickets.Followers.RemoveAsync(t.Id, agent.Id, s.Ct);
        await s.RefusedAsync<NotFoundException>(() => s.Hs.Tickets.Followers.RemoveAsync(t.Id, agent.Id, s.Ct));
        await s.GetAsync($"tickets/{t.Id}");
        await s.EventsAsync(5);
    }

    public static async Task A_ticket_is_linked(Story s)
    {
        var (a, b) = (await TicketAsync(s), await TicketAsync(s));
        var link = await s.CallAsync(Post, $"tickets/{a.Id}/links", new { ticket_id = b.Id, kind = "duplicate" });
        await s.CallAsync(Post, $"tickets/{a.Id}/links", new { kind = "external", url = "https://example.com/1", title = "Issue 1" });
        await s.RefusedAsync<ConflictException>(Post, $"tickets/{a.Id}/links", new { ticket_id = b.Id, kind = "duplicate" });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{a.Id}/links", new { ticket_id = a.Id });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{a.Id}/links", new { ticket_id = Unknown("tkt") });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{a.Id}/links", new { kind = "external" });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{a.Id}/links", new { url = "https://example.com" });
        await s.RefusedAsync<ValidationException>(Post, $"tickets/{a.Id}/links", new { kind = "external", url = "ftp://example.com" });
        await s.GetAsync($"tickets/{a.Id}/links");
        await s.GetAsync($"tickets/{a.Id}/links/{link.GetProperty("id").GetString()}");
        await s.Hs.Tickets.Links.RemoveAsync(a.Id, link.GetProperty("id").GetString()!, s.Ct);
        await s.EventsAsync(6);
    }

    public static async Task Comments_are_listed_both_ways_and_answer_each_other(Story s)
    {
        var t = await TicketAsync(s);
        var first = await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "First\nline & <b>\n\nSecond paragraph", BodyFormat = BodyFormat.Text }, s.Ct);
        await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "<p>Hello <b>you</b></p>", BodyFormat = BodyFormat.Html, InReplyTo = first.Id, Author = new() { Email = "a@b.co" } }, s.Ct);
        await s.GetAsync($"tickets/{t.Id}/comments?sort=created_at&include=total");
        await s.GetAsync($"tickets/{t.Id}/comments?sort=-created_at&limit=1");
        await s.RefusedAsync<BadRequestException>(Get, $"tickets/{t.Id}/comments?sort=author");
        await s.RefusedAsync<BadRequestException>(Get, $"tickets/{t.Id}/comments?include=x");
        var plain = await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "Plain words" }, s.Ct);
        await s.GetAsync($"tickets/{t.Id}/comments/{plain.Id}?include=blocks");
        await s.RefusedAsync<ValidationException>(() => s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "x", InReplyTo = Unknown("cmt") }, s.Ct));
    }

    public static async Task People_are_shown_as_they_are_called_now(Story s)
    {
        var t = await TicketAsync(s, new() { Subject = "T", Requester = new() { Email = "a@b.co", Name = "Before" }, Comment = new() { Body = "Hello" } });
        await s.Hs.Users.UpdateAsync(t.Requester.Id, new() { Name = "After", Email = "c@d.co" }, s.Ct);
        t = await s.Hs.Tickets.GetAsync(t.Id, s.Ct);
        Assert.Equal("After", t.Requester.Name);
        Assert.Equal(1, t.Version);
        await s.GetAsync($"tickets/{t.Id}");
        await s.GetAsync($"tickets/{t.Id}/comments");
    }

    public static async Task The_key_says_who_it_is(Story s)
    {
        var me = await s.GetAsync("me");
        var t = await TicketAsync(s);
        var c = await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "By the key" }, s.Ct);
        Assert.Equal(me.GetProperty("user").GetProperty("id").GetString(), c.Author.Id);
        await s.GetAsync("users/" + c.Author.Id);
    }

    public static async Task A_long_body_is_cut_in_events_only(Story s)
    {
        var t = await TicketAsync(s);
        var body = new StringBuilder().Insert(0, "ä", 20_000).ToString();
        var c = await s.Hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = body }, s.Ct);
        Assert.Equal(body, c.Body);
        Assert.False(c.Truncated);
        var replied = Assert.IsType<TicketReplied>((await s.EventsAsync(4)).Single(e => e is TicketReplied));
        Assert.True(replied.Data.Truncated);
        Assert.Equal(16_384, replied.Data.Body.Length);
    }

    private static Task<User> AgentAsync(Story s) => s.Hs.Users.CreateAsync(new() { Name = "Alan", Email = "alan@support.example", Role = "agent" }, s.Ct);

    private static Task<Ticket> TicketAsync(Story s, CreateTicketRequest? request = null) =>
        s.Hs.Tickets.CreateAsync(request ?? new() { Subject = "Help", Requester = new() { Email = "a@b.co" } }, s.Ct);

    private static string Unknown(string prefix) => prefix + "_01h455vb4pex5vsknk084sn02q";
}
