package io.tracestore.provider.support;

import io.tracestore.spi.StoreConfigurationException;

/** The error of a provider whose driver cannot be loaded. */
public final class MissingLibrary {
  private MissingLibrary() {}

  /**
   * The error for {@code failure}, in one line that names the driver.
   *
   * @param scheme of the provider's URIs
   * @param driver the artifact to add, as {@code GROUP:ARTIFACT}
   */
  public static StoreConfigurationException error(
      String scheme, String driver, LinkageError failure) {
    return new StoreConfigurationException(
        "%s: a library is missing or does not fit (%s); the driver is %s"
            .formatted(scheme, failure, driver),
        failure);
  }
}
