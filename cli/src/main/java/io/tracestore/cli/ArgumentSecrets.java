package io.tracestore.cli;

import io.tracestore.spi.config.StoreUri;
import io.tracestore.spi.internal.Redactor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Hides the secrets of a command line in what the command reports. */
final class ArgumentSecrets {
  private static final String HIDDEN = "***";

  /** The password of a URI anywhere in a text, also in one of another program. */
  private static final Pattern PASSWORD_OF_URI =
      Pattern.compile("([A-Za-z0-9]://[^\\s/:@'\"\\[\\]]*:)[^\\s'\"\\[\\]]*@");

  private final Redactor redactor = new Redactor();
  private final Map<String, String> shown = new LinkedHashMap<>();

  private ArgumentSecrets() {}

  static ArgumentSecrets of(String... arguments) {
    ArgumentSecrets secrets = new ArgumentSecrets();
    for (String argument : arguments) {
      String shown = StoreUri.redact(argument);
      if (!shown.equals(argument)) {
        secrets.shown.put(argument, shown);
        secrets.redactor.addPublic(shown);
        secrets.addHidden(argument, shown);
      }
    }
    return secrets;
  }

  /** Adds what {@code shown} has stars for. */
  private void addHidden(String argument, String shown) {
    String parts =
        Pattern.compile(Pattern.quote(HIDDEN))
            .splitAsStream(shown + " ")
            .map(part -> Pattern.quote(part))
            .collect(Collectors.joining("(.*)"));
    Matcher hidden = Pattern.compile(parts, Pattern.DOTALL).matcher(argument + " ");
    if (hidden.matches()) {
      for (int i = 1; i <= hidden.groupCount(); i++) {
        redactor.addSecret(hidden.group(i));
      }
    }
  }

  /** {@code text} without the secrets. */
  String hideIn(String text) {
    String hidden = text;
    for (Map.Entry<String, String> argument : shown.entrySet()) {
      hidden = hidden.replace(argument.getKey(), argument.getValue());
    }
    hidden = PASSWORD_OF_URI.matcher(hidden).replaceAll("$1" + Matcher.quoteReplacement("***@"));
    return redactor.hide(hidden);
  }
}
