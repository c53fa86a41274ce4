using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Tags;

/// <summary>A word that tickets are marked with. Named, not numbered, on the wire: renaming it renames it everywhere.</summary>
public sealed class Tag : Resource, IEntity
{
    private Tag() { }

    public Tag(Id<Tenant> organization, TagUpdate from, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<Tag>.New();
        Set(from);
        Happened(TagEvents.Created);
    }

    public static string Prefix => "tag";

    public Id<Tag> Id { get; private set; }

    /// <summary>In lower case; unique in the organization.</summary>
    public string Name { get; private set; } = null!;
    public string? Description { get; private set; }

    /// <summary>As <c>#rrggbb</c>.</summary>
    public string? Color { get; private set; }

    internal override Guid Key => Id.Value;

    /// <summary>Names are compared in lower case, without space around.</summary>
    public static string Normalize(string name) => name.Trim().ToLowerInvariant();

    public void Update(TagUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(TagEvents.Updated, now);
    }

    public void Deleted() => Happened(TagEvents.Deleted);

    internal override object Snapshot() => TagResponse.From(this);

    private void Set(TagUpdate to)
    {
        Name = Normalize(to.Name);
        Description = to.Description;
        Color = to.Color;
    }
}

[Carries(typeof(TagResponse))]
public static class TagEvents
{
    public const string Created = "tag.created";
    public const string Updated = "tag.updated";
    public const string Deleted = "tag.deleted";
}
