package io.tracestore.server.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may use the server.
 *
 * <p>Programs send the token as a bearer, browsers as the password of HTTP's basic authentication.
 * It is compared in a time that does not depend on where it differs. A request that a page of
 * another site makes in a browser is refused, so that no such page can read traces from a server on
 * the visitor's machine: browsers send the page's site as {@code Origin}, programs send none. A
 * server on the loopback address answers to its own names only, which stops pages that rebind a
 * name of theirs to that address.
 */
public final class Access {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  /**
   * How clients are asked for the token: programs understand the first, browsers the second, which
   * lets them ask their user. Every answer has both: a browser sends the password for the parts of
   * a page only if the server asks for it in the same words.
   */
  static final List<String> CHALLENGES =
      List.of(
          "Bearer",
          "Basic realm=\"Tracestore: any name, and the token as the password\", charset=\"UTF-8\"");

  private static final String PARAMETER = "token";
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final byte @Nullable [] token;
  private final Set<String> origins;
  private final boolean loopbackOnly;

  /**
   * @param token null to let everybody in
   * @param origins of pages on other sites that may connect, such as {@code http://localhost:3000}
   * @param loopbackOnly whether the server listens on the loopback address only
   */
  public Access(@Nullable String token, Set<String> origins, boolean loopbackOnly) {
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
    this.origins = Set.copyOf(origins);
    this.loopbackOnly = loopbackOnly;
  }

  /** Whether the request carries the token; where allowed, also as a parameter of the query. */
  boolean hasToken(Request request, boolean parameterAllowed) {
    if (token == null) {
      return true;
    }
    String header = request.getHeaders().get("Authorization");
    if (header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return matches(header.substring(BEARER.length()).strip());
    }
    if (header != null && header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return matches(passwordOf(header.substring(BASIC.length()).strip()));
    }
    String parameter =
        parameterAllowed ? Request.extractQueryParameters(request).getValue(PARAMETER) : null;
    return parameter != null && matches(parameter);
  }

  /** The password of RFC 7617; empty if the text is none. Whatever the user is called. */
  private static String passwordOf(String credentials) {
    try {
      byte[] decoded = Base64.getDecoder().decode(credentials);
      String pair = new String(decoded, StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private boolean matches(String given) {
    return token != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the request names this server, and no page of another site made it. */
  boolean isFromHere(Request request) {
    if (loopbackOnly && !LOCAL.contains(hostOf(request))) {
      return false;
    }
    HttpField origin = request.getHeaders().getField("Origin");
    if (origin == null || origins.contains(origin.getValue())) {
      return true;
    }
    return isOwn(origin.getValue(), request);
  }

  private static String hostOf(Request request) {
    String host = request.getHttpURI().getHost();
    return host == null ? "localhost" : host; // HTTP/1.0 may leave it out; browsers never do
  }

  private static boolean isOwn(String origin, Request request) {
    try {
      String authority = URI.create(origin).getAuthority();
      return authority != null && authority.equalsIgnoreCase(request.getHeaders().get("Host"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
