package io.tracestore.spi.internal;

import io.tracestore.spi.config.StoreUri;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces known secrets in texts and leaves the rest readable.
 *
 * <p>A long secret is replaced wherever it occurs. A short one, or one that is a part of a public
 * word, is replaced where it stands alone: the password {@code e} must not eat every error. One
 * that equals a public word, such as the user's name, is replaced in the place of a password only.
 * Not safe for several threads.
 */
public final class Redactor {
  private static final int LONG = 6;
  private static final String HIDDEN = "***";
  private static final String NOT_BEHIND_WORD = "(?:(?<![\\p{L}\\p{N}])|(?<=%[0-9A-Fa-f]{2}))";
  private static final String NOT_BEFORE_WORD = "(?![\\p{L}\\p{N}])";
  private static final String PASSWORD_PLACE = "(?<=[:=])";
  private static final String PASSWORD_END = "(?=[@&;,\\s'\"]|$)";
  private static final Pattern WORDS = Pattern.compile("[^\\p{L}\\p{N}_-]+");

  private final Set<String> secrets = new LinkedHashSet<>();
  private final Set<String> publicWords = new LinkedHashSet<>();

  /** Hides {@code secret} from now on, also in its percent-encoded forms. */
  public void addSecret(String secret) {
    if (!secret.isEmpty()) {
      secrets.add(secret);
      secrets.add(StoreUri.percentEncode(secret));
      secrets.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
    }
  }

  /** Keeps the words of {@code text} readable, though a secret may be a part of one. */
  public void addPublic(String text) {
    WORDS.splitAsStream(text).filter(word -> !word.isEmpty()).forEach(publicWords::add);
  }

  /** Whether nothing is to be hidden. */
  public boolean isEmpty() {
    return secrets.isEmpty();
  }

  /** {@code text} without the secrets. */
  public String hide(String text) {
    String hidden = text;
    List<String> longestFirst =
        secrets.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    for (String secret : longestFirst) {
      if (hidden.contains(secret)) {
        hidden = patternOf(secret).matcher(hidden).replaceAll(Matcher.quoteReplacement(HIDDEN));
      }
    }
    return hidden;
  }

  private Pattern patternOf(String secret) {
    String literal = Pattern.quote(secret);
    if (publicWords.contains(secret)) {
      return Pattern.compile(PASSWORD_PLACE + literal + PASSWORD_END);
    }
    boolean alone =
        secret.length() < LONG || publicWords.stream().anyMatch(word -> word.contains(secret));
    return Pattern.compile(alone ? NOT_BEHIND_WORD + literal + NOT_BEFORE_WORD : literal);
  }
}
