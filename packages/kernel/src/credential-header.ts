/** Words under which credentials travel in header names. */
const credentialWord = /(?:^|[-_])(?:authorization|cookie2?|token|secret|password|credential|api[-_]?key|key|auth)s?(?:$|[-_])/iu;

/** Whether a header of this name may hold a credential: nothing but the code that sends it on may look at its value. */
export const isCredentialHeader = (name: string): boolean => credentialWord.test(name);
