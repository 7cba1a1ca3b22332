import packageJson from '../../package.json' with { type: 'json' };

/** Where clients can get this program from. */
export interface Distribution {
  readonly published: boolean;
  readonly version: string;
}

/**
 * `published` says whether this project owns the name on npm. Until it does, whoever registers the name would receive
 * the API keys of everybody who starts the package by its name. Nothing that this program prints or writes may start it
 * then. Afterwards entries name the exact version. CONTRIBUTING.md (Release) says when to change it.
 */
export const distribution: Distribution = { published: false, version: packageJson.version };

/** Starts the package from the registry, in exactly this version. */
export const npxArguments = ({ version }: Distribution) => ['-y', `${packageJson.name}@${version}`];
