using System.Net;
using DnsClient;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>Asks the DNS whether an organization may write into a domain.</summary>
public sealed class DomainProof(IConfiguration configuration)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // Made when first asked: reading the machine's own resolvers needs no part in a start.
    private readonly Lazy<LookupClient> dns = new(() => new(OptionsOf(configuration["SignIn:DnsServer"])));

    /// <exception cref="SupportException">409: the record is not there, or says something else.</exception>
    public async Task CheckAsync(VerifiedDomain domain, CancellationToken cancellationToken)
    {
        IEnumerable<string> texts;
        try
        {
            var answer = await dns.Value.QueryAsync(domain.RecordName, QueryType.TXT, cancellationToken: cancellationToken);
            texts = answer.Answers.TxtRecords().Select(r => string.Concat(r.Text));
        }
        catch (DnsResponseException)
        {
            throw new SupportException(ErrorCode.Conflict, $"The DNS did not answer for {domain.RecordName}. Try again later.");
        }
        if (!texts.Any(t => t.Trim() == domain.Token))
            throw new SupportException(ErrorCode.Conflict, $"The TXT record {domain.RecordName} does not say {domain.Token} yet. A new record can take up to an hour to be seen.");
    }

    private static LookupClientOptions OptionsOf(string? server)
    {
        var options = server is null ? new LookupClientOptions() : new LookupClientOptions(IPEndPoint.Parse(server));
        options.UseCache = false;
        options.Timeout = Patience;
        options.Retries = 1;
        return options;
    }
}
