package io.tracestore.cli;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreUri;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens the store that a command line names; a URI that makes no sense is wrong usage. */
final class Stores {
  private Stores() {}

  private static final String CREATE = "create";
  private static final String NO_STORE = "there is no store";

  /** The texts by which providers refuse for an option that the user did not give. */
  private static final Pattern ADDED = Pattern.compile(",? and '?create'?(=| is )false");

  /** Opens a store to write to; one that does not exist is created. */
  static TraceStore open(String uri) {
    return TraceStores.open(parse(uri));
  }

  /** Opens a store that must exist, unless its URI says otherwise. */
  static TraceStore openExisting(String uri) {
    try {
      return openWithoutCreating(parse(uri));
    } catch (StoreMissing e) {
      throw CommandFailedException.failed(e.reason);
    }
  }

  /** Opens a store if it exists, or if its URI says whether to create it. */
  static Optional<TraceStore> openIfThere(String uri) {
    try {
      return Optional.of(openWithoutCreating(parse(uri)));
    } catch (StoreMissing e) {
      return Optional.empty();
    }
  }

  /** Reports that there is no store, and that none is to be created. */
  private static final class StoreMissing extends Exception {
    private static final long serialVersionUID = 1;

    final String reason;

    StoreMissing(String reason) {
      super(reason);
      this.reason = reason;
    }
  }

  private static TraceStore openWithoutCreating(StoreUri parsed) throws StoreMissing {
    if (!canBeCreated(parsed) || parsed.options().containsKey(CREATE)) {
      return TraceStores.open(parsed);
    }
    try {
      return TraceStores.open(parsed.withOptions(Map.of(CREATE, "false")));
    } catch (StoreConfigurationException e) {
      String reason = withoutCreate(String.valueOf(e.getMessage()));
      Matcher added = ADDED.matcher(reason);
      if (added.find()) {
        throw new StoreMissing(missing(parsed, reason.substring(0, added.start())));
      }
      throw e;
    }
  }

  private static String missing(StoreUri uri, String reason) {
    if (!reason.contains(NO_STORE)) {
      return "%s %s: %s".formatted(NO_STORE, uri, reason);
    }
    return reason.startsWith(NO_STORE) ? "%s: %s".formatted(uri, reason) : reason;
  }

  /** The name of a store as the user wrote it, without the option that was added here. */
  static String nameOf(TraceStore store) {
    return withoutCreate(store.toString());
  }

  /** The name of a store that is not open, without secrets. */
  static String nameOf(String uri) {
    return parse(uri).toString();
  }

  /** {@code text} without the option in any URI. */
  static String withoutCreate(String text) {
    return text.replace("?create=false&", "?").replaceAll("[?&]create=false\\b", "");
  }

  /** Whether {@code text} begins with the scheme of a provider. */
  static boolean isUri(String text) {
    int colon = text.indexOf(':');
    return colon > 0
        && TraceStores.providers().stream().anyMatch(each -> takes(each, text.substring(0, colon)));
  }

  private static boolean canBeCreated(StoreUri uri) {
    return providerOf(uri).stream()
        .flatMap(provider -> provider.options().stream())
        .anyMatch(option -> option.name().equals(CREATE));
  }

  private static StoreUri parse(String uri) {
    try {
      StoreUri parsed = StoreUri.parse(uri);
      check(parsed);
      return parsed;
    } catch (StoreConfigurationException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), e);
    }
  }

  private static Optional<TraceStoreProvider> providerOf(StoreUri uri) {
    return TraceStores.providers().stream().filter(each -> takes(each, uri.scheme())).findFirst();
  }

  private static void check(StoreUri uri) {
    Optional<TraceStoreProvider> provider = providerOf(uri);
    if (provider.isEmpty()) {
      // Fails, and says which schemes there are.
      TraceStores.open(uri).close();
    } else if (uri.options().values().stream().noneMatch(value -> value.contains("${"))) {
      TraceStores.optionsOf(uri, provider.get());
    }
  }

  private static boolean takes(TraceStoreProvider provider, String scheme) {
    return provider.scheme().equals(scheme) || provider.aliases().contains(scheme);
  }
}
