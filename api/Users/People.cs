using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Users;

/// <summary>Finds whom a request names, and makes customers who are not known yet. Does not save.</summary>
public sealed class People(SupportDb db, TenantContext tenant)
{
    /// <summary>Whom the reference names: by id, else by external id, else by address.</summary>
    /// <exception cref="SupportException">There is nobody of this id: 422 with its pointer.</exception>
    public async Task<User> FindOrAddAsync(PersonReference who, string pointer, CancellationToken cancellationToken)
    {
        if (who.Id is { } id)
            return await ByIdAsync(id, cancellationToken) ?? throw SupportException.Invalid(pointer + "/id", "There is no such user.");
        var email = Emails.Normalize(who.Email);
        var found = who.ExternalId is null ? null : await FirstAsync(u => u.ExternalId == who.ExternalId, cancellationToken);
        found ??= email is null ? null : await FirstAsync(u => u.Email == email, cancellationToken);
        if (found is null)
            db.Add(found = User.NewCustomer(tenant.Required, email, who.ExternalId, who.Name, tenant.Now));
        return found;
    }

    /// <summary>The end user who asks. A visitor who was nobody so far becomes a customer with what they write first.</summary>
    public async Task<User> MeAsync(CancellationToken cancellationToken)
    {
        var id = tenant.RequiredUserId<User>();
        if (await ByIdAsync(id, cancellationToken) is { } me)
            return me;
        var visitor = User.NewVisitor(tenant.Required, id, tenant.Now);
        db.Add(visitor);
        return visitor;
    }

    private async Task<User?> ByIdAsync(Id<User> id, CancellationToken cancellationToken) =>
        db.Users.Local.FirstOrDefault(u => u.Id == id) ?? await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancellationToken);

    // Someone made for an earlier item of the same bulk is not in the database yet.
    private async Task<User?> FirstAsync(System.Linq.Expressions.Expression<Func<User, bool>> where, CancellationToken cancellationToken) =>
        await db.Users.SingleOrDefaultAsync(where, cancellationToken) ?? db.Users.Local.AsQueryable().FirstOrDefault(where);
}
