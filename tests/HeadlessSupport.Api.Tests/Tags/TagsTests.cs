namespace HeadlessSupport.Api.Tests.Tags;

public sealed class TagsTests
{
    [Fact]
    public async Task Renaming_a_tag_renames_it_on_every_ticket()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = (await org.TicketAsync(new { tags = new[] { "Refund", "vip" } })).Id();
        var tag = (await org.Api.GetAsync("tags")).Items().Single(t => t.Text("name") == "refund").Id();

        (await org.Api.PatchAsync($"tags/{tag}", new { name = "Money Back " })).MustBe(200);
        Assert.Equal(["money back", "vip"], (await org.Api.GetAsync($"tickets/{ticket}")).Json.Texts("tags"));
        Assert.Equal([ticket], (await org.Api.GetAsync("tickets?tag=MONEY%20back")).Ids());
        Assert.Empty((await org.Api.GetAsync("tickets?tag=refund")).Ids());
    }

    [Fact]
    public async Task Deleting_a_tag_takes_it_off_every_ticket()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = (await org.TicketAsync(new { tags = new[] { "refund", "vip" } })).Id();
        var tag = (await org.Api.GetAsync("tags")).Items().Single(t => t.Text("name") == "refund").Id();

        (await org.Api.DeleteAsync($"tags/{tag}")).MustBe(204);
        (await org.Api.GetAsync($"tags/{tag}")).MustRefuse(404, "not_found");
        Assert.Equal(["vip"], (await org.Api.GetAsync($"tickets/{ticket}")).Json.Texts("tags"));
        Assert.Empty((await org.Api.GetAsync("tickets?tag=refund")).Ids());
        (await org.Api.PostAsync($"tickets/{ticket}/tags", new { tags = new[] { "refund" } })).MustBe(200);
        Assert.NotEqual(tag, (await org.Api.GetAsync("tags")).Items().Single(t => t.Text("name") == "refund").Id());
    }

    [Fact]
    public async Task A_name_belongs_to_one_tag_whatever_its_case()
    {
        var org = await World.NewOrganizationAsync();
        var first = (await org.Api.PostAsync("tags", new { name = " Refund ", description = "Money back", color = "#1A73e8" })).MustBe(201).Json;
        Assert.Equal("refund", first.Text("name"));
        Assert.Equal("#1A73e8", first.Text("color"));
        var second = (await org.Api.PostAsync("tags", new { name = "vip" })).MustBe(201).Text("id");

        (await org.Api.PostAsync("tags", new { name = "REFUND" })).MustRefuse(409, "already_exists", "/name");
        (await org.Api.PatchAsync($"tags/{second}", new { name = "Refund" })).MustRefuse(409, "already_exists", "/name");
        (await org.Api.PatchAsync($"tags/{first.Id()}", new { name = "ReFund" })).MustBe(200);
        (await org.Api.PostAsync("tags", new { name = "a,b" })).MustRefuse(422, "validation_failed", "/name");
        (await org.Api.PostAsync("tags", new { name = "x", color = "red" })).MustRefuse(422, "validation_failed", "/color");
        var cleared = (await org.Api.PatchAsync($"tags/{first.Id()}", """{"description":null,"color":null}""")).MustBe(200).Json;
        Assert.True(cleared.IsNull("description") && cleared.IsNull("color"));
        Assert.Equal(["refund", "vip"], (await org.Api.AllAsync("tags", limit: 1)).Select(t => t.Text("name")));
    }
}
