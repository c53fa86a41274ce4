using System.Globalization;

namespace HeadlessSupport.Api.Tests.Search;

public sealed class TicketSearchTests
{
    [Fact]
    public async Task A_ticket_is_found_by_subject_comment_requester_tag_and_number()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync("Other things", "Nothing here.");
        var ticket = await org.TicketAsync(new
        {
            subject = "Invoices are missing",
            requester = new { email = "zoe.quill@northwind.test", name = "Zoe Quill" },
            comment = new { body = "Since *Tuesday* the portal shows none." },
            tags = new[] { "billing-portal" },
        });
        var id = ticket.GetProperty("id").GetString();
        await org.SettleAsync();

        foreach (var q in (string[])["invoices", "INVOICE", "tuesday", "Quill", "zoe.quill@northwind.test", "northwind", "billing-portal", ticket.GetProperty("number").ToString(), "#" + ticket.GetProperty("number"), "zoe invoices tuesday"])
            Assert.Equal(id, (await org.Api.SearchAsync(q, 1)).GetProperty("data")[0].GetProperty("id").GetString());
        await org.Api.SearchAsync("invoices wednesday", 0);
    }

    [Fact]
    public async Task A_reply_is_found_and_its_words_add_to_those_of_other_comments()
    {
        var org = await World.NewOrganizationAsync();
        var id = await org.TicketAsync("Broken", "The gearbox rattles.");
        await org.ReplyAsync(id, "Please send a photograph.");
        await org.Api.SearchAsync("photograph gearbox", 1);
        await org.Api.SearchAsync("\"rattles please\"", 0);
        await org.Api.SearchAsync("\"please rattles\"", 0);
    }

    [Fact]
    public async Task Words_match_in_any_form_of_the_organizations_language()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync("The printers were printing", "Ok");
        Assert.Single(await org.Api.SubjectsAsync("printed", 1));

        (await org.Api.PatchAsync("organization", new { locale = "de-AT" })).MustBe(200);
        await org.TicketAsync("Rechnungen fehlen", "Die Lieferungen sind da. Änderung folgt");
        Assert.Single(await org.Api.SubjectsAsync("rechnung lieferung", 1));
        Assert.Single(await org.Api.SubjectsAsync("ÄNDERUNGEN", 1));
        // What was indexed under English is asked for in German now.
        Assert.Single(await org.Api.SubjectsAsync("printing", 1));
        await org.Api.SearchAsync("die lieferung", 1);
    }

    [Fact]
    public async Task A_language_without_a_dictionary_takes_words_as_they_are()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", new { locale = "ja" })).MustBe(200);
        await org.TicketAsync("Printers 支付失败", "the");
        await org.Api.SearchAsync("printers", 1);
        await org.Api.SearchAsync("支付失败", 1);
        await org.Api.SearchAsync("支付*", 1);
        await org.Api.SearchAsync("the", 1);
    }

    [Fact]
    public async Task A_phrase_is_exact_a_prefix_begins_and_an_exclusion_leaves_out()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync("One", "My card declined at noon.");
        await org.TicketAsync("Two", "The card was declined.");
        await org.TicketAsync("Three", "Cards, declined: spam.");
        await org.SettleAsync();

        Assert.Equal(["One"], await org.Api.SubjectsAsync("\"card declined\"", 1));
        Assert.Equal(["One"], await org.Api.SubjectsAsync("“card declined”", 1));
        Assert.Equal(["One"], await org.Api.SubjectsAsync("“card declined”", 1));
        Assert.Equal(["One", "Three", "Two"], (await org.Api.SubjectsAsync("card declined", 3)).Order(StringComparer.Ordinal));
        Assert.Equal(["One", "Two"], (await org.Api.SubjectsAsync("card -spam", 2)).Order(StringComparer.Ordinal));
        Assert.Equal(["Three", "Two"], (await org.Api.SubjectsAsync("card -\"card declined\"", 2)).Order(StringComparer.Ordinal));
        Assert.Equal(["One", "Three", "Two"], (await org.Api.SubjectsAsync("declin*", 3)).Order(StringComparer.Ordinal));
        Assert.Equal(["One"], await org.Api.SubjectsAsync("noo*", 1));
        Assert.Equal(["One", "Two"], (await org.Api.SubjectsAsync("-spa*", 2)).Order(StringComparer.Ordinal));
        Assert.Equal(["Two"], await org.Api.SubjectsAsync("\"was declined\" the", 1));
    }

    [Fact]
    public async Task A_phrase_may_be_of_stop_words_and_a_stop_word_alone_is_found()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync("One", "To be or not to be, said Will.");
        await org.TicketAsync("Two", "Not that, to be sure.");
        await org.SettleAsync();

        Assert.Equal(["One"], await org.Api.SubjectsAsync("\"to be or not to be\"", 1));
        Assert.Equal(["One"], await org.Api.SubjectsAsync("will", 1));
        // Beside another word it does not count: nobody means it.
        Assert.Equal(["Two"], await org.Api.SubjectsAsync("will sure", 1));
    }

    [Fact]
    public async Task Where_little_is_found_words_that_look_alike_count_too_and_the_answer_says_so()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync("One", "The printer burns.");
        await org.TicketAsync("Two", "I received an envelope from Müller.");
        await org.SettleAsync();

        foreach (var (q, subject) in ((string, string)[])[("pritner", "One"), ("prnter burns", "One"), ("recieved", "Two"), ("envelpe", "Two"), ("muller", "Two")])
        {
            var page = await org.Api.SearchAsync(q, 1);
            Assert.Equal([subject], Searching.SubjectsOf(page));
            Assert.True(page.GetProperty("search").GetProperty("alike").GetBoolean(), q);
        }
        Assert.False((await org.Api.SearchAsync("printer", 1)).GetProperty("search").GetProperty("alike").GetBoolean());
        await org.Api.SearchAsync("\"pritner\"", 0);
        await org.Api.SearchAsync("xylophone", 0);
    }

    [Fact]
    public async Task The_best_match_comes_first_and_other_orders_can_be_had()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync("Volcano", "A volcano, a volcano.");
        await org.TicketAsync("Mountain", "Once I saw a volcano and walked on for many hours past lakes and trees.");
        await org.TicketAsync("Tagged", "x", new { tags = new[] { "volcano" } });
        await org.SettleAsync();

        Assert.Equal(["Volcano", "Tagged", "Mountain"], await org.Api.SubjectsAsync("volcano", 3));
        Assert.Equal(["Volcano", "Tagged", "Mountain"], await org.Api.SubjectsAsync("volcano", 3, "&sort=relevance"));
        Assert.Equal(["Tagged", "Mountain", "Volcano"], await org.Api.SubjectsAsync("volcano", 3, "&sort=-created_at"));
        Assert.Equal(["Volcano", "Mountain", "Tagged"], await org.Api.SubjectsAsync("volcano", 3, "&sort=created_at"));
        (await org.Api.GetAsync("tickets?sort=relevance")).MustRefuse(400, "invalid_request", "sort");
    }

    [Theory]
    [InlineData("")]
    [InlineData("&sort=-created_at")]
    public async Task A_search_is_paged_filtered_and_counted(string sort)
    {
        var org = await World.NewOrganizationAsync();
        for (var i = 0; i < 7; i++)
            await org.TicketAsync($"Comet {i}", "Seen.", new { priority = i % 2 == 0 ? "high" : "low" });
        await org.Api.SearchAsync("comet", 7);

        var all = await org.Api.AllAsync($"tickets?q=comet{sort}", limit: 3);
        Assert.Equal(7, all.Select(t => t.GetProperty("id").GetString()).Distinct().Count());
        var high = await org.Api.AllAsync($"tickets?q=comet&priority=high{sort}", limit: 1);
        Assert.Equal(["Comet 0", "Comet 2", "Comet 4", "Comet 6"], high.Select(t => t.GetProperty("subject").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(4, (await org.Api.SearchAsync("comet", 2, more: $"&priority=high&limit=2&include=total{sort}")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task More_than_a_thousand_matches_are_cut_to_the_newest_and_the_answer_says_so()
    {
        var org = await World.NewOrganizationAsync();
        for (var i = 0; i < 11; i++)
        {
            var items = Enumerable.Range(i * 92, 92).Select(n => new { create = new { subject = $"Meteor {n.ToString("D4", CultureInfo.InvariantCulture)}", requester = new { email = "bob@customer.test" } } });
            (await org.Api.PostAsync("tickets/bulk", new { items })).MustBe(200);
        }
        await org.SettleAsync();

        var page = await org.Api.SearchAsync("meteor", 100, more: "&limit=100&include=total");
        Assert.True(page.GetProperty("search").GetProperty("cut").GetBoolean());
        Assert.Equal(1000, page.GetProperty("total").GetInt32());
        var found = (await org.Api.AllAsync("tickets?q=meteor")).Select(t => t.GetProperty("subject").GetString()!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(1000, found.Count);
        Assert.Equal("Meteor 0012", found[0]);
        Assert.False((await org.Api.SearchAsync("meteor 0500", 1)).GetProperty("search").GetProperty("cut").GetBoolean());
        // Each number is a word of its own, and a prefix takes 200 words at most.
        Assert.True((await org.Api.SearchAsync("0*", 25)).GetProperty("search").GetProperty("cut").GetBoolean());
    }

    [Fact]
    public async Task A_list_without_q_says_nothing_of_a_search()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync();
        var page = (await org.Api.GetAsync("tickets")).MustBe(200).Json;
        Assert.False(page.TryGetProperty("search", out _));
        Assert.False(page.GetProperty("data")[0].TryGetProperty("highlights", out _));
        foreach (var blank in (string[])["tickets?q=", "tickets?q=%20"])
            Assert.Single((await org.Api.GetAsync(blank)).MustBe(200).Json.GetProperty("data").EnumerateArray());
        (await org.Api.GetAsync("tickets?include=highlights")).MustRefuse(400, "invalid_request", "include");
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused_with_the_reason()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.GetAsync("tickets?q=" + new string('a', 2001))).MustRefuse(400, "invalid_request", "q");
        (await org.Api.GetAsync("tickets?q=" + string.Join('+', Enumerable.Repeat("a", 33)))).MustRefuse(400, "invalid_condition", "q");
        (await org.Api.GetAsync("tickets?q=a&sort=nearness")).MustRefuse(400, "invalid_request", "sort");
        foreach (var q in (string[])["!!!", "\"card"])
            (await org.Api.GetAsync("tickets?q=" + Searching.Query(q))).MustRefuse(400, "invalid_condition", "q");
    }
}
