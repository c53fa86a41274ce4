using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>The words that tickets are marked with. They are made where they are used.</summary>
internal static class FakeTags
{
    private static readonly Shape NewTag = new(
        new("name", Kind.Text) { Required = true, Rules = [Rules.NotBlank, Rules.Most(50), Rules.NoComma] },
        new("description", Kind.Text) { Rules = [Rules.Most(500)] },
        new("color", Kind.Text) { Rules = [Rules.Color] });

    public static Answer List(Call call) => call.Page(call.Store.Tags.Rows, t => t.Value.Name, t => t.Id, descending: false, t => t.Show());

    public static Answer Create(Call call)
    {
        var body = NewTag.Read(call.Json());
        CheckName(call.Store, body.Text("name")!, null);
        var tag = Add(call.Work, body.Text("name")!, body.Text("description"), body.Text("color"));
        return call.Created(tag, $"tags/{tag.Id}", tag.Show());
    }

    public static Answer Get(Call call)
    {
        var tag = Find(call);
        return call.Show(tag, tag.Show());
    }

    public static Answer Update(Call call)
    {
        var patch = Shape.ReadPatch(call.Json());
        var tag = Find(call);
        call.CheckIfMatch(tag, patch.EnumerateObject().Select(m => m.Name));
        var before = tag.Value;
        var to = NewTag.Merge(patch, new JsonObject { ["name"] = before.Name, ["description"] = before.Description, ["color"] = before.Color });
        CheckName(call.Store, to.Text("name")!, before);
        var name = Rules.NormalizeTag(to.Text("name")!);
        tag.Value = before with { Name = name, Description = to.Text("description"), Color = to.Text("color") };
        call.Work.Updated(tag, "tag.updated");
        call.Work.Save();
        if (name != before.Name)
            call.Store.Tickets.Reshow(t => t.Tags.Contains(before.Name), t => t with { Tags = [.. t.Tags.Select(n => n == before.Name ? name : n).Order(StringComparer.Ordinal)] });
        return call.Show(tag, tag.Show());
    }

    public static Answer Delete(Call call)
    {
        var tag = Find(call);
        call.CheckIfMatch(tag);
        call.Work.Remove(tag, "tag.deleted");
        call.Work.Save();
        var name = tag.Value.Name;
        call.Store.Tickets.Reshow(t => t.Tags.Contains(name), t => t with { Tags = [.. t.Tags.Where(n => n != name)] });
        return new(204);
    }

    /// <summary>The tags of these names in alphabetical order, made where they are missing.</summary>
    public static List<string> FindOrAdd(Work work, IEnumerable<string> names)
    {
        var wanted = names.Select(Rules.NormalizeTag).Distinct(StringComparer.Ordinal).ToList();
        foreach (var name in wanted.Where(n => !work.Store.Tags.Rows.Any(t => t.Value.Name == n)))
            Add(work, name, null, null);
        return [.. wanted.Order(StringComparer.Ordinal)];
    }

    private static Row<Tag> Find(Call call) => call.Store.Tags.Find(call.Id(0, "tag")) ?? throw Refusal.NotFound("tag");

    private static Row<Tag> Add(Work work, string name, string? description, string? color) => work.Add(work.Store.Tags, new Tag
    {
        Id = work.Store.Ids.New("tag"),
        Name = Rules.NormalizeTag(name),
        Description = description,
        Color = color,
        CreatedAt = work.Now,
        UpdatedAt = work.Now,
        Version = 1,
    }, "tag.created");

    private static void CheckName(Store store, string name, Tag? self)
    {
        name = Rules.NormalizeTag(name);
        if (name != self?.Name && store.Tags.Rows.Any(t => t.Value.Name == name))
            throw new Refusal(ErrorCode.AlreadyExists, "A tag with this name exists already.", ("/name", "Is used by another tag."));
    }
}
