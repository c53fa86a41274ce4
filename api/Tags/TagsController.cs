using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tags;

/// <summary>The words that tickets are marked with.</summary>
[Route("api/v{version:apiVersion}/tags")]
public sealed class TagsController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>List tags</summary>
    [HttpGet(Name = "Tags_List"), Requires("tickets.read")]
    public async Task<ActionResult<Page<TagResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.Tags.AsNoTracking(), TagMapping.ByName, page, TagResponse.From, cancellationToken);

    /// <summary>Create a tag</summary>
    [HttpPost(Name = "Tags_Create"), Requires("tags.manage"), Creates]
    public async Task<ActionResult<TagResponse>> Create(TagUpdate request, CancellationToken cancellationToken)
    {
        await CheckNameAsync(request.Name, null, cancellationToken);
        var tag = new Tag(tenant.Required, request, tenant.Now);
        db.Add(tag);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(tag, $"tags/{tag.Id}", TagResponse.From(tag));
    }

    /// <summary>Get a tag</summary>
    [HttpGet("{id}", Name = "Tags_Get"), Requires("tickets.read")]
    public async Task<ActionResult<TagResponse>> Get(Id<Tag> id, CancellationToken cancellationToken)
    {
        var tag = await FindAsync(db.Tags.AsNoTracking(), id, cancellationToken);
        return Show(tag, TagResponse.From(tag));
    }

    /// <summary>Update a tag</summary>
    /// <remarks>Renaming it renames it on every ticket.</remarks>
    [HttpPatch("{id}", Name = "Tags_Update"), Requires("tags.manage")]
    public async Task<ActionResult<TagResponse>> Update(Id<Tag> id, MergePatch<TagUpdate> patch, CancellationToken cancellationToken)
    {
        var tag = await FindAsync(db.Tags, id, cancellationToken);
        await CheckIfMatchAsync(tag, patch.Members, cancellationToken);
        var update = Merge(patch, TagUpdate.From(tag));
        await CheckNameAsync(update.Name, tag, cancellationToken);
        tag.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(tag, TagResponse.From(tag));
    }

    /// <summary>Delete a tag</summary>
    /// <remarks>It is taken off every ticket.</remarks>
    [HttpDelete("{id}", Name = "Tags_Delete"), Requires("tags.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<Tag> id, CancellationToken cancellationToken)
    {
        var tag = await FindAsync(db.Tags, id, cancellationToken);
        await CheckIfMatchAsync(tag, [], cancellationToken);
        tag.Deleted();
        db.Remove(tag);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    private static async Task<Tag> FindAsync(IQueryable<Tag> tags, Id<Tag> id, CancellationToken cancellationToken) =>
        await tags.SingleOrDefaultAsync(t => t.Id == id, cancellationToken) ?? throw SupportException.NotFound("tag");

    private async Task CheckNameAsync(string name, Tag? self, CancellationToken cancellationToken)
    {
        name = Tag.Normalize(name);
        if (name != self?.Name && await db.Tags.AnyAsync(t => t.Name == name, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A tag with this name exists already.", ("/name", "Is used by another tag."));
    }
}
